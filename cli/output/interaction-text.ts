import type {AttachmentList} from '../../src/attachments/list-attachments.js';
import type {CassetteKey, MatchingView} from '../../src/cassette/key/key.js';
import type {Provenance, TakeError} from '../../src/cassette/take.js';
import {isHandWritten} from '../../src/cassette/written-by-hand.js';
import type {JsonValue} from '../../src/chat/json.js';
import {formatJson, isJsonObject, listOf} from '../../src/chat/json.js';
import type {Candidate, ChatReply, ToolCall} from '../../src/chat/reply.js';
import {rawRequestText} from '../../src/report/raw-request-text.js';
import {describeAttachments} from './attachment-text.js';
import {paint} from './console-lines.js';
import {printable, printableLine} from './printable.js';

export type ShownInteraction = {
  readonly cassette: string;
  readonly number: number;
  readonly key: CassetteKey;
  readonly request: MatchingView;
  readonly attachments: AttachmentList;
  readonly takes: readonly ShownTake[];
};

/** The parts are there only if their order is another than reasoning, text, refusal, calls. */
type ShownCandidate = Omit<Candidate, 'parts'> & {readonly parts?: Candidate['parts']};

export type ShownTake = {
  readonly provenance: Provenance;
  readonly reply: Omit<ChatReply, 'candidates'> & {readonly candidates: readonly ShownCandidate[]};
  /** The number of chunks of the answer, and its duration. */
  readonly chunks: number;
  readonly milliseconds: number;
  /** The form of the provider's own answer, if it is kept. */
  readonly wire?: {
    readonly dialect: string;
    readonly delivery: string;
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly bytes: number;
  };
  /** The upstream's error, in place of an answer. */
  readonly error?: TakeError | undefined;
  /** The provider's own answer, if there is nothing else. */
  readonly raw?: string;
};

/** An interaction as a person reads it: the conversation, the settings, the answers. */
export function describeInteraction({
  cassette,
  number,
  key,
  request,
  attachments,
  takes,
}: ShownInteraction): string {
  const {turns, inputs, prompts, operation, ...settings} = request;
  const isRaw = operation === 'raw';
  return [
    heading(`${cassette} #${number}`),
    `  ${key}`,
    '',
    ...(isRaw ? [heading('request'), ...block(rawRequestText(request)), ''] : []),
    ...listOf(turns).flatMap(describeTurn),
    ...listOf(inputs).flatMap(describeInput),
    ...listOf(prompts).flatMap(prompt => [heading('prompt'), ...block(textOf(prompt)), '']),
    ...(attachments.items.length > 0
      ? [heading('attachments'), ...describeAttachments(attachments).map(line => `  ${line}`), '']
      : []),
    ...(!isRaw && Object.keys(settings).length > 0
      ? [heading('settings'), ...block(formatJson(settings)), '']
      : []),
    ...takes.flatMap((take, index) =>
      describeTake(take, takes.length > 1 ? ` ${index + 1} of ${takes.length}` : ''),
    ),
  ].join('\n');
}

function describeTurn(turn: JsonValue): string[] {
  if (!isJsonObject(turn)) return block(formatJson(turn));
  const {role, name, parts, ...others} = turn;
  const content = Array.isArray(parts) ? parts.flatMap(describePart) : [];
  const rest = Object.keys(others).length > 0 ? block(formatJson(others)) : [];
  return [heading([role, name].filter(word => word !== undefined).join(' ')), ...content, ...rest, ''];
}

/** A text for which an embedding is requested. */
function describeInput(input: JsonValue): string[] {
  if (!isJsonObject(input)) return [heading('input'), ...block(textOf(input)), ''];
  const {content, ...others} = input;
  return describeTurn({...others, role: 'input', parts: listOf(content)});
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : formatJson(value);
}

/** Images and documents appear by name only; the attachments list has their details. */
function describePart(part: JsonValue): string[] {
  if (!isJsonObject(part)) return block(formatJson(part));
  const {type, text, sha256, pages} = part;
  if (typeof text === 'string') return block(text);
  if (type === 'image') return [`  [image ${printableLine(String(sha256).slice(0, 12))}…]`];
  if (type !== 'document' || !Array.isArray(pages)) return block(formatJson(part));
  return [
    `  [document of ${pages.length === 1 ? '1 page' : `${pages.length} pages`}]`,
    ...pages.flatMap((page, index) =>
      isJsonObject(page) && typeof page['text'] === 'string'
        ? [`  [page ${index + 1}]`, ...block(page['text'])]
        : [],
    ),
  ];
}

function describeTake(
  {provenance, reply, chunks, milliseconds, wire, raw, error}: ShownTake,
  which: string,
): string[] {
  const {recordedAt, model, engine, askedFor, editedAt, pages, warnings = []} = provenance;
  const {usage, candidates} = reply;
  const tokens = usage && `${usage.inputTokens} + ${usage.outputTokens} tokens`;
  const by = engine === undefined ? model : `${model} (${engine})`;
  return [
    heading(`${error ? 'error' : 'answer'}${which}`),
    ...(raw === undefined ? [] : block(raw)),
    ...(raw === undefined ? candidates : []).flatMap((candidate, index) => [
      ...(candidates.length > 1 ? [`  candidate ${index + 1}`] : []),
      ...describeContent(candidate),
      `  ${paint('dim', `finish reason: ${candidate.finish.unified}`, process.stdout)}`,
    ]),
    ...[
      [
        describeOrigin(recordedAt, model, by),
        // A raw question has no model's name of its own.
        ...(askedFor === '' ? [] : [`requested as ${printableLine(askedFor)}`]),
      ].join(', '),
      ...(editedAt === undefined ? [] : [`edited by hand ${new Date(editedAt).toISOString()}`]),
      [tokens, `${chunks} chunks in ${milliseconds} ms`].filter(fact => fact !== undefined).join(', '),
      ...(pages ? [`documents sent as ${pages === 'text' ? 'text' : 'images and text'}`] : []),
      ...(wire
        ? [
            `stored as ${printableLine(wire.dialect)} sent it: ${wire.delivery}, HTTP ${wire.status}, ${wire.bytes} bytes of ${printableLine(wire.headers['content-type'] ?? 'no type')}`,
          ]
        : []),
      ...warnings.map(printableLine),
    ].map(line => `  ${paint('dim', line, process.stdout)}`),
    '',
  ];
}

function describeContent({text, refusal = '', reasoning, toolCalls, parts}: ShownCandidate): string[] {
  const thought = (said: string) => block(said).map(line => paint('dim', line, process.stdout));
  const called = (call: ToolCall) => block(`${call.name}(${call.arguments})`);
  if (parts) {
    return parts.flatMap(part => {
      if (part.type === 'call') return toolCalls.slice(part.call, part.call + 1).flatMap(called);
      if (part.type === 'reasoning') return thought(part.text);
      return block(part.type === 'refusal' ? `Refusal: ${part.text}` : part.text);
    });
  }
  return [
    ...(reasoning === '' ? [] : thought(reasoning)),
    ...(text === '' && (toolCalls.length > 0 || refusal !== '') ? [] : block(text)),
    ...(refusal === '' ? [] : block(`Refusal: ${refusal}`)),
    ...toolCalls.flatMap(called),
  ];
}

function describeOrigin(recordedAt: number, model: string, by: string): string {
  const time = new Date(recordedAt).toISOString();
  return isHandWritten({model}) ? `written by hand ${time}` : `recorded ${time} by ${printableLine(by)}`;
}

function heading(text: string): string {
  return paint('bold', printableLine(text), process.stdout);
}

function block(text: string): string[] {
  return printable(text)
    .split('\n')
    .map(line => `  ${line}`);
}
