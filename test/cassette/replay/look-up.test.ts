import test from 'ava';
import {cassetteKey, type MatchingView} from '../../../src/cassette/key/key.js';
import {defaultKeySettings} from '../../../src/cassette/key/key-settings.js';
import {createViewer} from '../../../src/cassette/key/matching-view.js';
import {noFacts} from '../../../src/cassette/media-memory.js';
import type {AttachedMedia} from '../../../src/cassette/media-resolver.js';
import {modes} from '../../../src/cassette/modes.js';
import {lookUp} from '../../../src/cassette/replay/look-up.js';
import type {DocumentPart} from '../../../src/chat/media.js';
import type {AskedRequest} from '../../../src/chat/request.js';
import {createMemoryStore, openMemoryCassette} from '../../support/memory-cassette.js';
import {takeOf} from '../../support/recordings.js';

const asked: AskedRequest = {
  operation: 'chat',
  turns: [
    {
      role: 'user',
      parts: [
        {type: 'attachment', source: {kind: 'bytes', bytes: Buffer.from('%PDF-1.7')}, field: 'contents[0]'},
        {type: 'text', text: 'Read this'},
      ],
    },
  ],
};

/** Looks a document up in a cassette with a recording of one that has the same pages. */
async function lookUpDocument(document: DocumentPart, mode: keyof typeof modes) {
  const cassette = openMemoryCassette(createMemoryStore(), {writable: true});
  const view: MatchingView = {
    operation: 'chat',
    turns: [
      {
        role: 'user',
        parts: [
          {...document, render: {...document.render}, pages: document.pages.map(page => ({...page}))},
          {type: 'text', text: 'Read this'},
        ],
      },
    ],
  };
  await cassette.add({key: cassetteKey(view), view, take: takeOf('An answer')});
  const attached: AttachedMedia = {
    isEmpty: false,
    mayChange: false,
    recall: async () => [[document]],
    inspect: async () => ({
      given: [document],
      known: [document],
      unknown: [],
      facts: noFacts,
      warnings: [],
      reader: () => {
        throw new Error('Nothing is sent to a model here');
      },
    }),
  };
  const viewer = createViewer(defaultKeySettings);
  return {view, result: await lookUp({asked, attached, cassette, viewer}, modes[mode])};
}

const render = {pageSize: 896, maxPages: 100};
const page = {pixels: 'a'.repeat(64)};

test('a document is found by its pages', async t => {
  const {view, result} = await lookUpDocument({type: 'document', render, pages: [page]}, 'replay');
  t.is(result.candidate.key, cassetteKey(view));
  t.is(result.found?.key, cassetteKey(view));
});

test('a document without pages finds no recording of another one', async t => {
  const {view, result} = await lookUpDocument({type: 'document', render, pages: []}, 'replay');
  t.is(result.candidate.key, cassetteKey(view));
  t.is(result.found, undefined);
});

test('a document without pages is not recorded', async t => {
  await t.throwsAsync(lookUpDocument({type: 'document', render, pages: []}, 'auto'), {
    code: 'invalid_request',
    message: /has none: its recording would answer requests with other documents/,
  });
});
