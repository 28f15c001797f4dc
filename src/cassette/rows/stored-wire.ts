import {type Static, Type} from '@sinclair/typebox';
import {type JsonObject, parsePlainJson} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {schemaCheck} from '../../chat/schema-check.js';
import {errorFinish, utf8Text, type WireAnswer, wireBody} from '../../chat/wire.js';
import {type ErrorCode, errorCatalogue} from '../../errors.js';
import {canonicalJson} from '../key/key.js';
import type {ReadChunksOptions, Take, TakeAnswer} from '../take.js';
import {hasRefusal, readChunks, storeChunks} from './stored-chunks.js';

/**
 * A provider's bytes as they are stored, beside the chunks: the whole body as text, so that it can be read and searched, and each piece as
 * `[at, length]` in bytes. A body that is not UTF-8 is base64.
 */
const StoredWire = Type.Object(
  {
    dialect: Type.String({minLength: 1}),
    endpoint: Type.String(),
    delivery: Type.Union([Type.Literal('unary'), Type.Literal('stream'), Type.Literal('raw')]),
    status: Type.Integer({minimum: 200, maximum: 599}),
    headers: Type.Record(Type.String(), Type.String()),
    text: Type.Optional(Type.String()),
    base64: Type.Optional(Type.String({pattern: '^[A-Za-z0-9+/]*={0,2}$'})),
    pieces: Type.Array(Type.Tuple([Type.Integer(), Type.Integer({minimum: 0})])),
  },
  {additionalProperties: false},
);
type StoredWire = Static<typeof StoredWire>;

/** An error of the upstream in place of an answer. */
const StoredError = Type.Object(
  {
    status: Type.Integer({minimum: 400, maximum: 599}),
    code: Type.Unsafe<ErrorCode>(Type.String({pattern: `^(${Object.keys(errorCatalogue).join('|')})$`})),
    message: Type.String(),
    hint: Type.Optional(Type.String()),
    field: Type.Optional(Type.String()),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  {additionalProperties: false},
);

const StoredAnswer = Type.Object(
  {chunks: Type.Array(Type.Unknown()), error: Type.Optional(StoredError), wire: Type.Optional(StoredWire)},
  {additionalProperties: false, minProperties: 2},
);

const check = schemaCheck(StoredAnswer);

/** Whether a stored answer has an error or a provider's bytes beside its chunks: it is an object then, and a list of chunks otherwise. */
function hasMoreThanChunks(text: string): boolean {
  return text.startsWith('{');
}

/** Whether a cassette with this stored answer has the newest version of the file format: older programs cannot read it. */
export function needsNewestFormat(text: string): boolean {
  return hasMoreThanChunks(text) || hasRefusal(text);
}

/** The stored text of an answer; the same answer gives the same text. */
export function storeAnswer({chunks, wire, error}: TakeAnswer): string {
  const stored = storeChunks(chunks);
  if (!wire && !error) return stored;
  const members = [
    `"chunks":${stored}`,
    ...(error ? [`"error":${canonicalJson(omitUndefined(error) as JsonObject)}`] : []),
    ...(wire ? [`"wire":${canonicalJson(storeWire(wire))}`] : []),
  ];
  return `{${members.join(',')}}`;
}

function storeWire(wire: WireAnswer): JsonObject {
  const {dialect, endpoint, delivery, status, headers, pieces} = wire;
  const body = wireBody(wire);
  const text = utf8Text(body);
  return {
    dialect,
    endpoint,
    delivery,
    status,
    headers,
    ...(text === undefined ? {base64: body.toString('base64')} : {text}),
    pieces: pieces.map(({at, bytes}) => [at, bytes.length]),
  };
}

/**
 * The answer of a stored text.
 * @throws Error that says what is wrong with the text
 */
export function readAnswer(text: string, options?: ReadChunksOptions): TakeAnswer {
  if (!hasMoreThanChunks(text)) return {chunks: readChunks(text, options)};
  const answer = parsePlainJson(text);
  if (!check.Check(answer)) {
    const first = check.Errors(answer).First();
    throw new Error(`the answer does not match the schema: ${first?.path ?? ''} ${first?.message ?? ''}`);
  }
  const {error} = answer;
  const wire = answer.wire && readWire(answer.wire);
  const chunks = readChunks(JSON.stringify(answer.chunks), options);
  const isOfError = error !== undefined;
  if (wire && wire.status >= 400 !== isOfError)
    throw new Error(`the provider's answer has the status ${wire.status}`);
  if (isOfError && (chunks.length !== 2 || !endsWithError(chunks)))
    throw new Error('an error has other chunks than its start and its end');
  return omitUndefined({chunks, wire, error});
}

function endsWithError(chunks: Take['chunks']): boolean {
  const end = chunks.at(-1)?.chunk;
  return end?.type === 'reply-end' && end.finish[0].raw === errorFinish;
}

function readWire({text, base64, pieces, ...rest}: StoredWire): WireAnswer {
  if ((text === undefined) === (base64 === undefined))
    throw new Error("the provider's answer has not one body");
  const body = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
  const length = pieces.reduce((sum, [, piece]) => sum + piece, 0);
  if (length !== body.length)
    throw new Error(`the provider's answer of ${body.length} bytes has pieces for ${length}`);
  let end = 0;
  return {
    ...rest,
    pieces: pieces.map(([at, size]) => {
      const start = end;
      end += size;
      return {at, bytes: body.subarray(start, end)};
    }),
  };
}
