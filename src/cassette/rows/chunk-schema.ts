import {type Static, type TSchema, Type} from '@sinclair/typebox';
import type {AnswerChunk, AnsweredBy} from '../../chat/chunk.js';

function closed<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, {additionalProperties: false});
}

function nonEmptyListOf<Item extends TSchema>(item: Item) {
  type Items = [Static<Item>, ...Static<Item>[]];
  return Type.Unsafe<Items>(Type.Array(item, {minItems: 1}));
}

const count = Type.Integer({minimum: 0});

const tokenChoice = {
  token: Type.String(),
  id: Type.Optional(Type.Integer()),
  bytes: Type.Array(Type.Integer({minimum: 0, maximum: 255})),
  logprob: Type.Number(),
};

const TokenLogprobSchema = closed({...tokenChoice, top: Type.Array(closed(tokenChoice))});

const FinishReasonSchema = closed({
  unified: Type.Union([
    Type.Literal('stop'),
    Type.Literal('length'),
    Type.Literal('content-filter'),
    Type.Literal('tool-calls'),
    Type.Literal('malformed-tool-call'),
    Type.Literal('other'),
  ]),
  raw: Type.String(),
  stopSequence: Type.Optional(Type.String()),
});

/** Every kind of chunk as a schema, which stored answers are checked with before they are replayed. */
export const AnswerChunkSchema = Type.Union([
  closed({
    type: Type.Literal('reply-start'),
    answeredBy: closed({model: Type.String(), engine: Type.Optional(Type.String())}),
  }),
  closed({
    type: Type.Literal('text-delta'),
    candidate: count,
    text: Type.String(),
    refusal: Type.Optional(Type.Literal(true)),
    logprobs: Type.Optional(Type.Array(TokenLogprobSchema)),
  }),
  closed({type: Type.Literal('reasoning-delta'), candidate: count, text: Type.String()}),
  closed({type: Type.Literal('tool-call-start'), candidate: count, call: count, name: Type.String()}),
  closed({type: Type.Literal('tool-call-delta'), candidate: count, call: count, text: Type.String()}),
  closed({type: Type.Literal('embedding'), input: count, values: Type.Array(Type.Number())}),
  closed({type: Type.Literal('token-count'), tokens: count}),
  closed({
    type: Type.Literal('reply-end'),
    finish: nonEmptyListOf(FinishReasonSchema),
    usage: Type.Optional(
      closed({inputTokens: count, outputTokens: count, reasoningTokens: Type.Optional(count)}),
    ),
  }),
]);

type Mutable<Value> = Value extends object ? {-readonly [Name in keyof Value]: Mutable<Value[Name]>} : Value;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** What a live answer says of its prompt at its start is not stored. */
type StoredChunk =
  | Exclude<AnswerChunk, {readonly type: 'reply-start'}>
  | {readonly type: 'reply-start'; readonly answeredBy: AnsweredBy};

/** Fails to compile if {@link StoredChunk} and the schema differ. */
const schemaIsComplete: Same<Mutable<StoredChunk>, Mutable<Static<typeof AnswerChunkSchema>>> = true;
void schemaIsComplete;
