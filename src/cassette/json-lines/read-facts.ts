import {type TProperties, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import type {JsonValue} from '../../chat/json.js';
import {
  type FactRow,
  type MediaRow,
  type ReferenceRow,
  type RenderRow,
  readMedia,
  readReference,
  readRender,
} from '../file/fact-rows.js';

const text = Type.String();
const textOrNull = Type.Union([Type.String(), Type.Null()]);
const countOrNull = Type.Union([Type.Integer({minimum: 0}), Type.Null()]);

function closed<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties, {additionalProperties: false});
}

const RenderLine = closed({pdf: text, options: text, digest: text, pages: text, renderer: text});
const ReferenceLine = closed({
  ...{url: text, digest: text, shown: text, sha256: text, mediaType: text},
  text: textOrNull,
});
const MediaLine = closed({
  ...{kind: Type.Union([Type.Literal('thumbnail'), Type.Literal('original')]), digest: text, mediaType: text},
  ...{width: countOrNull, height: countOrNull, bytes: text, checksum: text},
});

/** What is remembered of a PDF, from its line. @throws Error that says what is wrong with it. */
export function readRenderLine(shown: string, value: JsonValue | undefined): FactRow['renders'] {
  if (!Value.Check(RenderLine, value)) throw new Error('its `render` has another form');
  const row: RenderRow = value;
  readRender(shown, row);
  return row;
}

/** What is remembered of an address, from its line. @throws Error that says what is wrong with it. */
export function readReferenceLine(shown: string, value: JsonValue | undefined): FactRow['refs'] {
  if (!Value.Check(ReferenceLine, value)) throw new Error('its `ref` has another form');
  const row: ReferenceRow = value;
  readReference(shown, row);
  return row;
}

/** A picture from its line, in which its bytes are base64. @throws Error that says what is wrong with it. */
export function readMediaLine(shown: string, value: JsonValue | undefined): FactRow['media'] {
  if (!Value.Check(MediaLine, value)) throw new Error('its `media` has another form');
  const row: MediaRow = {...value, bytes: Buffer.from(value.bytes, 'base64')};
  readMedia(shown, row);
  return row;
}
