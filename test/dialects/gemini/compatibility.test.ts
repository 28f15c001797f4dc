import {readFileSync} from 'node:fs';
import {type TObject, type TSchema, TypeGuard} from '@sinclair/typebox';
import test from 'ava';
import {CreateBatch} from '../../../src/dialects/gemini/batches/schema.js';
import {CachedContent} from '../../../src/dialects/gemini/caches/schema.js';
import {EmbedContentRequest, PredictRequest} from '../../../src/dialects/gemini/embeddings/schema.js';
import {CreateFileRequest} from '../../../src/dialects/gemini/files/schema.js';
import {GenerateContentRequest} from '../../../src/dialects/gemini/generate-content/schema.js';
import {CreateInteraction} from '../../../src/dialects/gemini/interactions/schema.js';
import {handlingOf, type ProtoHandling} from '../../../src/dialects/gemini/proto-types.js';
import {CountTokensRequest} from '../../../src/dialects/gemini/token-counts/schema.js';

const page = readFileSync('docs/compatibility/gemini.md', 'utf8');

/** What the page may say of a field that is handled so. */
const words: Readonly<Record<ProtoHandling, readonly string[]>> = {
  // The role of a system instruction says nothing, though it is read.
  neutral: ['supported', 'warning', 'ignored'],
  ignored: ['ignored'],
  refused: ['rejected'],
};

const requests: readonly (readonly [string, TObject])[] = [
  ['generateContent', GenerateContentRequest],
  ['countTokens', CountTokensRequest],
  ['embedContent, batchEmbedContents, predict', EmbedContentRequest],
  ['embedContent, batchEmbedContents, predict', PredictRequest],
  ['Files', CreateFileRequest],
  ['Batches', CreateBatch],
  ['Cached contents', CachedContent],
  ['Interactions', CreateInteraction],
];

/** Messages that are part of several requests; the first section documents those. */
const shared = new Set(['Content', 'GenerateContentRequest', 'GenerationConfig', 'Tool', 'ToolConfig']);

for (const [heading, message] of requests) {
  test(`the page documents the handling of each field: ${heading}, ${message['typeName']}`, t => {
    const rows = rowsIn(sectionOf(heading));
    for (const [path, handling] of fieldsOf(message, '', message === GenerateContentRequest)) {
      const said = rows.get(path);
      t.true(said !== undefined && words[handling].includes(said), `${path} is ${handling}: ${said}`);
    }
  });
}

function sectionOf(heading: string): string {
  const start = page.indexOf(`\n## ${heading}\n`);
  if (start === -1) throw new Error(`No section ${heading}`);
  const end = page.indexOf('\n## ', start + 1);
  return page.slice(start, end === -1 ? undefined : end);
}

function rowsIn(section: string): ReadonlyMap<string, string> {
  return new Map(
    [...section.matchAll(/^\| `([^`]+)` \| (\w+) \|/gm)].map(([, path = '', word = '']) => [path, word]),
  );
}

function fieldsOf(message: TObject, before: string, opensAll: boolean): readonly [string, ProtoHandling][] {
  return Object.entries<TSchema>(message.properties).flatMap(([name, schema]): [string, ProtoHandling][] => {
    const path = before + name;
    const item: TSchema = TypeGuard.IsArray(schema) ? schema.items : schema;
    const handling = handlingOf(schema);
    const isOpened = handling === 'neutral' && TypeGuard.IsObject(item);
    if (!isOpened || (!opensAll && shared.has(item['typeName']))) return [[path, handling]];
    return [...fieldsOf(item, `${path}.`, opensAll)];
  });
}
