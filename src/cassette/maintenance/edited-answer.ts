import {type Static, type TSchema, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import {type AnswerPart, isNaturalOrder} from '../../chat/answer-parts.js';
import type {AnswerChunk} from '../../chat/chunk.js';
import {formatJson, type JsonValue} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {foldRecorded, type ToolCall} from '../../chat/reply.js';
import {RetakeError} from '../../errors.js';
import {findGrammarProblem} from '../rows/chunk-grammar.js';
import {AnswerChunkSchema} from '../rows/chunk-schema.js';
import type {Take, TimedChunk} from '../take.js';

const Finish = Type.Object(
  {
    unified: Type.String(),
    raw: Type.String(),
    stopSequence: Type.Optional(Type.String()),
  },
  {additionalProperties: false},
);

const EditedCall = Type.Object(
  {name: Type.String(), arguments: Type.String()},
  {additionalProperties: false},
);

const EditedPart = Type.Object(
  {
    reasoning: Type.Optional(Type.String()),
    text: Type.Optional(Type.String()),
    refusal: Type.Optional(Type.String()),
    toolCall: Type.Optional(EditedCall),
  },
  {additionalProperties: false, minProperties: 1, maxProperties: 1},
);

const EditedCandidate = Type.Object(
  {
    reasoning: Type.Optional(Type.String()),
    text: Type.String(),
    refusal: Type.Optional(Type.String()),
    toolCalls: Type.Optional(Type.Array(EditedCall)),
    finish: Finish,
  },
  {additionalProperties: false},
);

/** A candidate whose parts have another order than the members of `EditedCandidate`. */
const OrderedCandidate = Type.Object(
  {parts: Type.Array(EditedPart), finish: Finish},
  {additionalProperties: false},
);

/** With one schema for each form, an error names the member that is wrong. */
function answerSchema<Candidate extends TSchema>(candidate: Candidate) {
  return Type.Object(
    {
      candidates: Type.Array(candidate, {minItems: 1}),
      embeddings: Type.Optional(Type.Array(Type.Array(Type.Number()))),
      tokens: Type.Optional(Type.Integer({minimum: 0})),
      usage: Type.Optional(Type.Record(Type.String(), Type.Integer({minimum: 0}))),
    },
    {additionalProperties: false},
  );
}

/** An answer as a person edits it. */
const EditedAnswer = answerSchema(EditedCandidate);
const OrderedAnswer = answerSchema(Type.Union([EditedCandidate, OrderedCandidate]));
type EditedAnswer = Static<typeof OrderedAnswer>;

/** What an editor is opened with: bare text where the answer is no more than one, and else JSON. */
export type EditableAnswer = {readonly extension: 'txt' | 'json'; readonly text: string};

export function editableAnswer({chunks}: Take): EditableAnswer {
  const answer = foldRecorded(chunks.map(({chunk}) => chunk));
  const {candidates, embeddings, tokens, usage} = answer;
  const [only, ...others] = candidates;
  const isText = embeddings === undefined && tokens === undefined && others.length === 0;
  if (only && isText && only.reasoning === '' && only.refusal === undefined && only.toolCalls.length === 0) {
    return {extension: 'txt', text: only.text};
  }
  const edited: unknown = omitUndefined({
    candidates: candidates.map(({text, refusal, reasoning, toolCalls, parts, finish}) =>
      isNaturalOrder(parts)
        ? omitUndefined({
            reasoning: reasoning !== '' ? reasoning : undefined,
            text,
            refusal,
            toolCalls: toolCalls.length > 0 ? toolCalls : undefined,
            finish,
          })
        : {parts: parts.map(part => editablePart(part, toolCalls)), finish},
    ),
    embeddings,
    tokens,
    usage,
  });
  return {extension: 'json', text: `${formatJson(edited as JsonValue)}\n`};
}

/**
 * The take with what an editor left; undefined when that is what it was given. It comes in one piece for each part, and without log
 * probabilities, which belonged to the words that were there.
 * @throws RetakeError `invalid_request` that says what is wrong
 */
export async function editTake(take: Take, text: string, editedAt: number): Promise<Take | undefined> {
  const before = editableAnswer(take);
  // Most editors end a file with a line break that nobody typed.
  const given = !before.text.endsWith('\n') && text.endsWith('\n') ? text.slice(0, -1) : text;
  if (given === before.text) return undefined;
  const chunks = before.extension === 'txt' ? withText(take.chunks, given) : fromJson(take.chunks, given);
  return {chunks, provenance: {...take.provenance, editedAt}};
}

function withText(chunks: Take['chunks'], text: string): Take['chunks'] {
  const [start, ...rest] = chunks;
  const first = rest.find(({chunk}) => chunk.type === 'text-delta');
  const end = rest.at(-1) ?? start;
  return [start, {at: first?.at ?? end.at, chunk: {type: 'text-delta', candidate: 0, text}}, end];
}

function fromJson([start, ...rest]: Take['chunks'], text: string): Take['chunks'] {
  const {candidates, embeddings = [], tokens, usage} = parseAnswer(text);
  const at = rest[0]?.at ?? start.at;
  const content = [
    ...candidates.flatMap(candidateChunks),
    ...embeddings.map((values, input) => ({type: 'embedding', input, values})),
    ...(tokens === undefined ? [] : [{type: 'token-count', tokens}]),
  ].map(chunk => ({at, chunk: chunk as AnswerChunk}));
  const finish: unknown = candidates.map(candidate => candidate.finish);
  const end = omitUndefined({type: 'reply-end', finish, usage}) as AnswerChunk;
  return checked([start, ...content, {at: rest.at(-1)?.at ?? at, chunk: end}]);
}

function editablePart(part: AnswerPart, calls: readonly ToolCall[]): object {
  return part.type === 'call' ? {toolCall: calls[part.call]} : {[part.type]: part.text};
}

function candidateChunks(edited: EditedAnswer['candidates'][number], candidate: number): readonly object[] {
  let calls = 0;
  return partsOf(edited).flatMap(({reasoning, text, refusal, toolCall}): readonly object[] => {
    if (toolCall) {
      const call = calls++;
      return [
        {type: 'tool-call-start', candidate, call, name: toolCall.name},
        {type: 'tool-call-delta', candidate, call, text: toolCall.arguments},
      ];
    }
    if (reasoning) return [{type: 'reasoning-delta', candidate, text: reasoning}];
    if (text) return [{type: 'text-delta', candidate, text}];
    return refusal ? [{type: 'text-delta', candidate, text: refusal, refusal: true}] : [];
  });
}

type Part = {
  readonly [Name in keyof Static<typeof EditedPart>]?: Static<typeof EditedPart>[Name] | undefined;
};

function partsOf(edited: EditedAnswer['candidates'][number]): readonly Part[] {
  if ('parts' in edited) return edited.parts;
  const {reasoning, text, refusal, toolCalls = []} = edited;
  return [{reasoning}, {text}, {refusal}, ...toolCalls.map(toolCall => ({toolCall}))];
}

function parseAnswer(text: string): EditedAnswer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unusable(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (Value.Check(OrderedAnswer, value)) return value;
  const hasParts = text.includes('"parts"');
  const schema = hasParts ? answerSchema(OrderedCandidate) : EditedAnswer;
  const first = Value.Errors(schema, value).First();
  throw unusable(`${first?.path ?? ''} ${first?.message ?? ''}`);
}

/** Whatever a person writes has to be what a model could have answered. */
function checked(chunks: Take['chunks']): Take['chunks'] {
  for (const {chunk} of chunks as readonly TimedChunk[]) {
    if (Value.Check(AnswerChunkSchema, chunk)) continue;
    const first = Value.Errors(AnswerChunkSchema, chunk).First();
    throw unusable(`${chunk.type}: ${first?.path ?? ''} ${first?.message ?? ''}`);
  }
  const problem = findGrammarProblem(chunks.map(({chunk}) => chunk));
  if (problem) throw unusable(problem);
  return chunks;
}

function unusable(problem: string, cause?: unknown): RetakeError {
  return new RetakeError(
    'invalid_request',
    `That is no answer: ${problem.trim()}`,
    omitUndefined({
      hint: 'Nothing was changed.',
      cause,
    }),
  );
}
