import type {AnswerChunk, TokenLogprob} from './chunk.js';

/** A part of a candidate. A call is the number of one of its tool calls. */
export type AnswerPart =
  | {
      readonly type: 'text' | 'refusal';
      readonly text: string;
      readonly logprobs?: readonly TokenLogprob[];
    }
  | {readonly type: 'reasoning'; readonly text: string}
  | {readonly type: 'call'; readonly call: number};

type Spoken = {
  readonly parts: readonly AnswerPart[];
  readonly logprobs?: readonly TokenLogprob[];
  readonly refusalLogprobs?: readonly TokenLogprob[];
};

type Content = Extract<
  AnswerChunk,
  {type: 'text-delta' | 'reasoning-delta' | 'tool-call-start' | 'tool-call-delta'}
>;

/** Parts to which more of the answer is added. */
export type GrowingParts = Growing[];
type Growing = AnswerPart extends infer Part ? (Part extends AnswerPart ? Mutable<Part> : never) : never;
type Mutable<Part> = {
  -readonly [Name in keyof Part]: Name extends 'logprobs' ? TokenLogprob[] : Part[Name];
};

/** Adds a chunk to the parts of its candidate: in the order in which they begin, with adjacent pieces of a kind joined. */
export function addToParts(parts: GrowingParts, chunk: Content): void {
  switch (chunk.type) {
    case 'tool-call-start':
      parts.push({type: 'call', call: chunk.call});
      break;
    case 'tool-call-delta':
      break;
    case 'reasoning-delta':
      if (chunk.text !== '') lastOf(parts, 'reasoning').text += chunk.text;
      break;
    case 'text-delta': {
      const {text, logprobs = []} = chunk;
      if (text === '' && logprobs.length === 0) break;
      const part = lastOf(parts, chunk.refusal ? 'refusal' : 'text');
      part.text += text;
      if (logprobs.length === 0) break;
      part.logprobs ??= [];
      part.logprobs.push(...logprobs);
      break;
    }
  }
}

type GrowingText = {type: 'text' | 'refusal' | 'reasoning'; text: string; logprobs?: TokenLogprob[]};

/** The last part if it is of this kind, otherwise a new one. */
function lastOf(parts: GrowingParts, type: GrowingText['type']): GrowingText {
  const last = parts.at(-1);
  if (last?.type === type) return last;
  const part: GrowingText = {type, text: ''};
  parts.push(part as Growing);
  return part;
}

/** The text for an API that has no refusals: text and refusal in their order. */
export function spokenText({parts}: Spoken): string {
  return parts.map(part => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
}

/** The tokens of that text. */
export function spokenLogprobs({
  parts,
  logprobs,
  refusalLogprobs,
}: Spoken): readonly TokenLogprob[] | undefined {
  if (refusalLogprobs === undefined) return logprobs;
  return parts.flatMap(part => ('logprobs' in part ? (part.logprobs ?? []) : []));
}

/** An answer without what repeats its content. */
export function withoutParts<Content extends Spoken, Reply extends {readonly candidates: readonly Content[]}>(
  reply: Reply & {readonly candidates: readonly Content[]},
): Omit<Reply, 'candidates'> & {readonly candidates: readonly Omit<Content, 'parts'>[]} {
  const {candidates, ...rest} = reply;
  return {...rest, candidates: candidates.map(({parts: _parts, ...content}) => content)};
}
