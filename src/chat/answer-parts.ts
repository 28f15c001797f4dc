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

type GrowingText = {type: 'text' | 'reasoning'; text: string};
type GrowingPart = {type: 'text' | 'refusal' | 'reasoning'; text: string; logprobs?: TokenLogprob[]};

/** The last part if it is of this kind, otherwise a new one. */
function lastOf(parts: GrowingParts, type: GrowingPart['type']): GrowingPart {
  const last = parts.at(-1);
  if (last?.type === type) return last;
  const part: GrowingPart = {type, text: ''};
  parts.push(part as Growing);
  return part;
}

/** A part without tokens, for an API that has no refusals. */
export type SpokenPart =
  | {readonly type: 'text'; readonly text: string}
  | {readonly type: 'reasoning'; readonly text: string}
  | {readonly type: 'call'; readonly call: number};

/** The parts that have text, and the calls, for an API that has no refusals, with or without reasoning: adjacent texts are joined. */
export function spokenParts(
  parts: readonly AnswerPart[],
  {hasReasoning}: {readonly hasReasoning: boolean},
): readonly SpokenPart[] {
  const spoken: (GrowingText | {type: 'call'; call: number})[] = [];
  for (const part of parts) {
    if (part.type === 'call') {
      spoken.push({...part});
      continue;
    }
    if (part.text === '' || (part.type === 'reasoning' && !hasReasoning)) continue;
    const type = part.type === 'reasoning' ? 'reasoning' : 'text';
    const last = spoken.at(-1);
    if (last?.type === type) last.text += part.text;
    else spoken.push({type, text: part.text});
  }
  return spoken;
}

const naturalOrder = ['reasoning', 'text', 'refusal', 'call'] as const;

/** Whether the parts are in the order that the members of a candidate have, so that the order says nothing more. */
export function isNaturalOrder(parts: readonly AnswerPart[]): boolean {
  const places = parts.map(({type}) => naturalOrder.indexOf(type));
  return places.every((place, index) => {
    const before = places[index - 1] ?? -1;
    return place > before || (place === before && place === naturalOrder.indexOf('call'));
  });
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

/** An answer without what repeats its content: the parts stay only where their order says more. */
export function withoutParts<Content extends Spoken, Reply extends {readonly candidates: readonly Content[]}>(
  reply: Reply & {readonly candidates: readonly Content[]},
): Omit<Reply, 'candidates'> & {readonly candidates: readonly OrderedContent<Content>[]} {
  const {candidates, ...rest} = reply;
  return {
    ...rest,
    candidates: candidates.map(({parts, ...content}) =>
      isNaturalOrder(parts) ? content : {...content, parts},
    ),
  };
}

type OrderedContent<Content extends Spoken> = Omit<Content, 'parts'> & {
  readonly parts?: readonly AnswerPart[];
};
