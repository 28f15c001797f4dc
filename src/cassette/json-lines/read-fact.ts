import {type Static, type TSchema, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import type {JsonObject} from '../../chat/json.js';
import {noFacts} from '../media-memory.js';
import {addFactRows, type FactRows, factRowsOf} from '../rows/fact-rows.js';

/**
 * Adds the fact of a line; false if the line has none.
 * @throws Error that says what is wrong with it
 */
export function addFact(rows: FactRows, record: JsonObject): boolean {
  const {render, reference, media} = record as {[name: string]: unknown};
  if (render !== undefined) {
    requireSchema(RenderSchema, render, 'render');
    addFactRows(rows, factRowsOf({...noFacts, renders: [render]}));
  } else if (reference !== undefined) {
    requireSchema(ReferenceSchema, reference, 'reference');
    addFactRows(rows, factRowsOf({...noFacts, references: [reference]}));
  } else if (media !== undefined) {
    requireSchema(MediaSchema, media, 'media');
    const one = {...media, bytes: Buffer.from(media.bytes, 'base64')};
    addFactRows(rows, factRowsOf({...noFacts, media: [one]}));
  } else {
    return false;
  }
  return true;
}

function closed<Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) {
  return Type.Object(properties, {additionalProperties: false});
}

const digest = Type.String({pattern: '^[0-9a-f]{64}$'});

const RenderSchema = closed({
  pdf: digest,
  options: Type.String(),
  pages: Type.Array(closed({pixels: digest, text: Type.Optional(Type.String())}), {minItems: 1}),
  renderer: Type.String(),
});

const ReferenceSchema = closed({
  url: digest,
  shown: Type.String(),
  sha256: digest,
  mediaType: Type.String(),
  text: Type.Optional(Type.String()),
});

const MediaSchema = closed({
  kind: Type.Union([Type.Literal('thumbnail'), Type.Literal('original')]),
  digest,
  mediaType: Type.String(),
  bytes: Type.String({pattern: '^[A-Za-z0-9+/]*={0,2}$'}),
  width: Type.Optional(Type.Integer({minimum: 1})),
  height: Type.Optional(Type.Integer({minimum: 1})),
});

function requireSchema<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  name: string,
): asserts value is Static<Schema> {
  const first = Value.Errors(schema, value).First();
  if (first) throw new Error(`\`${name}\` does not match the schema: ${first.path} ${first.message}`);
}
