import {hash} from 'node:crypto';
import {Type} from '@sinclair/typebox';
import {schemaCheck} from '../../chat/schema-check.js';
import {canonicalJson} from '../key/key.js';
import type {Provenance, ReadChunksOptions, Take} from '../take.js';
import {readAnswer, storeAnswer} from './stored-wire.js';

/** A take as it is stored. Equal takes of an interaction have equal rows. */
export type TakeRow = {
  readonly chunks: string;
  readonly provenance: string;
  /** The take's identity, which also reveals manual changes: sha-256 over the interaction's key and both texts. */
  readonly digest: Buffer;
};

/** What a take says, and where it is from. */
export type TakeTexts = Pick<TakeRow, 'chunks' | 'provenance'>;

export function takeRow(key: string, {provenance, ...answer}: Take): TakeRow {
  const texts = {chunks: storeAnswer(answer), provenance: canonicalJson({...provenance})};
  return {...texts, digest: takeDigest(key, texts)};
}

/** Whether a row is as retake wrote it. */
export function isIntact(key: string, row: TakeRow): boolean {
  return takeDigest(key, row).equals(row.digest);
}

/**
 * The row of a take from its exported texts.
 * @throws Error that says what is wrong with them.
 */
export function takeRowOfTexts(key: string, texts: TakeTexts): TakeRow {
  readTakeTexts(texts);
  return {...texts, digest: takeDigest(key, texts)};
}

/**
 * The take of a row.
 * @throws Error that says what is wrong with the row.
 */
export function readTake(key: string, row: TakeRow, options?: ReadChunksOptions): Take {
  if (!isIntact(key, row)) throw new Error('it does not match its digest');
  return readTakeTexts(row, options);
}

/**
 * The take of texts whose digest needs no check.
 * @throws Error that says what is wrong with them
 */
export function readTakeTexts(texts: TakeTexts, options?: ReadChunksOptions): Take {
  const provenance: unknown = JSON.parse(texts.provenance);
  if (!provenanceCheck.Check(provenance)) throw new Error('its provenance does not match the schema');
  return {...readAnswer(texts.chunks, options), provenance: provenance satisfies Provenance};
}

const ProvenanceSchema = Type.Object(
  {
    recordedAt: Type.Integer(),
    askedFor: Type.String(),
    model: Type.String(),
    engine: Type.Optional(Type.String()),
    editedAt: Type.Optional(Type.Integer()),
    pages: Type.Optional(Type.Union([Type.Literal('text'), Type.Literal('both')])),
    warnings: Type.Optional(Type.Array(Type.String())),
  },
  {additionalProperties: false},
);

const provenanceCheck = schemaCheck(ProvenanceSchema);

function takeDigest(key: string, {chunks, provenance}: TakeTexts): Buffer {
  return hash('sha256', `${key}\n${provenance}\n${chunks}`, 'buffer');
}
