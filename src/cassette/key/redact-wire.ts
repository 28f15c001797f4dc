import {mapEscapedStrings} from '../../chat/escaped-strings.js';
import {rawFinish, utf8Text, type WireAnswer, wireBody} from '../../chat/wire.js';
import type {Take, TakeAnswer} from '../take.js';

/** Whether an answer is kept in the provider's bytes only. */
export function isRaw({chunks, wire}: Pick<TakeAnswer, 'chunks' | 'wire'>): boolean {
  const end = chunks.at(-1)?.chunk;
  return wire !== undefined && end?.type === 'reply-end' && end.finish[0].raw === rawFinish;
}

/**
 * A provider's answer after its chunks were redacted to `chunks`. One with a secret loses its bytes, because the placeholder would not fit
 * its framing, and is played from its chunks. A raw answer is nothing but its bytes, and an error is short: their text is redacted.
 */
export function redactWire(
  {chunks: before, wire, error}: TakeAnswer,
  chunks: Take['chunks'],
  redactText: (text: string) => string,
): WireAnswer | undefined {
  if (!wire) return undefined;
  const body = wireBody(wire);
  const text = utf8Text(body);
  if (text === undefined) return wire;
  // JSON may write the same characters as escapes, as Google's APIs write `=`.
  const redacted = mapEscapedStrings(redactText(text), redactText);
  if (error || isRaw({chunks: before, wire})) {
    if (redacted === text) return wire;
    return {...wire, pieces: [{at: wire.pieces[0]?.at ?? 0, bytes: Buffer.from(redacted)}]};
  }
  return redacted === text && chunks === before ? wire : undefined;
}
