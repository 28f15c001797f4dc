import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {gzipSync} from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import {RetakeError} from '../../../src/errors.js';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const chat = {
  ...{id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4o'},
  choices: [{index: 0, message: {role: 'assistant', content: 'Paris'}, finish_reason: 'stop'}],
};

/** An interaction of vcrpy, with changes. */
function interaction(request: object = {}, response: object = {}) {
  const body = JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: 'Hi'}]});
  return {
    request: {
      method: 'POST',
      uri: 'https://api.openai.com/v1/chat/completions',
      headers: {'content-type': ['application/json']},
      body,
      ...request,
    },
    response: {
      status: {code: 200, message: 'OK'},
      headers: {'content-type': ['application/json']},
      body: {string: JSON.stringify(chat)},
      ...response,
    },
  };
}

function bomb(): string {
  const levels = Array.from({length: 9}, (_, level) => {
    const items = level === 0 ? ['lol'] : Array(10).fill(`*a${level - 1}`);
    return `a${level}: &a${level} [${items.join(', ')}]`;
  });
  return `${levels.join('\n')}\ninteractions: []\n`;
}

const files: Readonly<Record<string, readonly [content: string, message: RegExp]>> = {
  'a tag that builds an object': [
    'interactions:\n- request: !!python/object/apply:os.system ["touch /tmp/pwned"]\n',
    /^the input is not YAML that retake reads: it has the tag .*python\/object\/apply:os\.system.*builds an object$/,
  ],
  'a tag of Ruby': [
    'http_interactions: !ruby/object:Gem::Installer\n  i: x\n',
    /the tag !ruby\/object:Gem::Installer/,
  ],
  'an alias bomb': [bomb(), /^the input is not YAML that retake reads: .*alias/i],
  'deep nesting in YAML': [
    `interactions: ${'['.repeat(50_000)}`,
    /^the input is not YAML that retake reads: /,
  ],
  'deep nesting in JSON': [`{"interactions":${'['.repeat(50_000)}`, /^the input is not JSON: /],
  'a half of a JSON file': ['{"log":{"entries":[{"request":\n', /^the input is not JSON: /],
  'text that is no YAML': ['"interactions: [\n', /^the input is not YAML that retake reads: /],
  'a file of another kind': [
    'name: CI\non: push\n',
    /^the input has none of the formats that can be imported: HAR, VCR, aimock/,
  ],
  'a HAR without its entries': ['{\n"log": {"version": "1.2"}}', /none of the formats/],
  'two documents': [
    'interactions: []\n---\ninteractions: []\n',
    /^the input is not YAML that retake reads: /,
  ],
  'bytes that are no text': ['\0\u0001\u0002', /^the input (?:is not YAML|has none of the formats)/],
};

for (const [name, [content, message]] of Object.entries(files)) {
  test(`${name} is refused in one sentence, and nothing is written`, async t => {
    const directory = await temporaryFolder(t);
    const path = join(directory, 'a.cassette');
    const error = await t.throwsAsync(
      importCassette({from: Readable.from([content]), path, replaces: false}),
      {
        instanceOf: RetakeError,
        message,
      },
    );
    t.notRegex(error?.message ?? '', /\n/);
    t.true((error?.message.length ?? 0) < 400);
    t.deepEqual(await readdir(directory), []);
  });
}

const entries: Readonly<Record<string, readonly [entry: unknown, reason: RegExp]>> = {
  'no object': [7, /no method or no URL/],
  'a URL that is none': [interaction({uri: 'nonsense'}), /no method or no URL/],
  'a file as URL': [interaction({uri: 'file:///etc/passwd'}), /not HTTP/],
  'a body that is no text': [interaction({body: {nested: {string: 'a'}}}), /neither text nor bytes/],
  'an answer that is no text': [interaction({}, {body: {string: [1, 2]}}), /neither text nor bytes/],
  'an answer that is not base64': [interaction({}, {body: {base64_string: '%%%'}}), /neither text nor bytes/],
  'no status': [interaction({}, {status: undefined}), /no answer/],
  'an error': [interaction({}, {status: {code: 500}}), /^HTTP 500/],
  'a redirect': [interaction({}, {status: {code: 302}}), /^HTTP 302/],
  'a body that is no JSON': [interaction({}, {body: {string: '<html>'}}), /Expected JSON/],
  'an error with status 200': [
    interaction({}, {body: {string: '{"error":{"message":"x"}}'}}),
    /reported an error/,
  ],
  'an empty body': [interaction({}, {body: {string: ''}}), /./],
  'an unknown encoding': [
    interaction({}, {headers: {'content-encoding': ['x']}, body: {base64_string: '/w=='}}),
    /content encoding is x/,
  ],
  'a compressed body that is damaged': [
    interaction({}, {headers: {'content-encoding': ['gzip']}, body: {base64_string: 'H4sIAAAA/w=='}}),
    /cannot be decoded/,
  ],
  'the path of a cassette': [
    interaction({uri: 'https://api.openai.com/@other/v1/chat/completions'}),
    /path is one of retake itself/,
  ],
  'the control API of retake': [interaction({uri: 'https://api.openai.com/_retake/sessions'}), /./],
  'a question before a request': [interaction({method: 'OPTIONS'}), /browser/],
};

for (const [name, [entry, reason]] of Object.entries(entries)) {
  test(`an exchange with ${name} is left out with its reason, and the others are imported`, async t => {
    const directory = await temporaryFolder(t);
    const path = join(directory, 'a.cassette');
    const from = Readable.from([JSON.stringify({interactions: [interaction(), entry, interaction()]})]);
    const report = await importCassette({from, path, replaces: false});
    t.is(report.imported.length, 2, JSON.stringify(report));
    // The same answer twice is one take, which answers every further request.
    t.is(report.takes, 1);
    t.is(report.leftOut.length, 1);
    t.is(report.leftOut[0]?.place, 'interaction 2');
    t.regex(report.leftOut[0]?.reasons[0] ?? '', reason);
  });
}

test('headers of the file cannot direct retake', async t => {
  const directory = await temporaryFolder(t);
  const headers = {
    'content-type': ['application/json'],
    'x-retake-mode': ['passthrough'],
    'x-retake-cassette': ['../../other'],
    host: ['evil.example'],
    origin: ['https://evil.example'],
    'content-length': ['1'],
    ':authority': ['x'],
  };
  const from = Readable.from([JSON.stringify({interactions: [interaction({headers}, {headers})]})]);
  const report = await importCassette({from, path: join(directory, 'a.cassette'), replaces: false});
  t.is(report.imported.length, 1);
  t.deepEqual(
    (await readdir(directory)).filter(name => name !== '.retake'),
    ['a.cassette'],
  );
});

test('a body that decodes to more than the limit is left out', async t => {
  const directory = await temporaryFolder(t);
  const bytes = gzipSync(Buffer.alloc(300 * 1024 * 1024), {level: 9}).toString('base64');
  const large = interaction({}, {headers: {'content-encoding': ['gzip']}, body: {base64_string: bytes}});
  const from = Readable.from([JSON.stringify({interactions: [large]})]);
  const {leftOut} = await importCassette({from, path: join(directory, 'a.cassette'), replaces: false});
  t.regex(leftOut[0]?.reasons[0] ?? '', /more than 256 MiB/);
});

test('a HAR names no file but one beside it', async t => {
  const directory = await temporaryFolder(t);
  const folder = join(directory, 'har');
  await mkdir(folder);
  await writeFile(join(directory, 'secret.txt'), JSON.stringify(chat));
  await writeFile(join(folder, 'body.json'), JSON.stringify(chat));
  const entry = (_file: string) => ({
    request: {
      method: 'POST',
      url: 'https://api.openai.com/v1/chat/completions',
      postData: {text: interaction().request.body},
      headers: [{name: 'content-type', value: 'application/json'}],
    },
    response: {status: 200, headers: [], content: {_file}},
  });
  const names = ['body.json', '../secret.txt', '/etc/passwd', '..', '.', 'none.json'];
  await writeFile(join(folder, 'a.har'), JSON.stringify({log: {entries: names.map(entry)}}));
  const path = join(directory, 'a.cassette');
  const report = await importCassette({from: join(folder, 'a.har'), path, replaces: false});
  t.is(report.imported.length, 1);
  t.is(report.leftOut.length, 5);
  for (const {reasons} of report.leftOut) t.regex(reasons[0] ?? '', /is not beside the HAR/);
});

test('whatever the members of a file are, an import ends with a report or with an error of its own', async t => {
  const directory = await temporaryFolder(t);
  const names = ['log', 'entries', 'interactions', 'fixtures', 'request', 'response', 'url', 'uri', 'match'];
  const tree = fc.letrec(tie => ({
    value: fc.oneof(
      {maxDepth: 4},
      fc.constantFrom(null, 0, 1e99, '', 'https://api.openai.com/v1/chat/completions', '__proto__'),
      fc.array(tie('value'), {maxLength: 3}),
      fc.dictionary(fc.constantFrom(...names, 'method', 'status', 'body', 'userMessage'), tie('value')),
    ),
  }));
  let number = 0;
  await fc.assert(
    fc.asyncProperty(tree.value, async content => {
      const from = Readable.from([JSON.stringify(content)]);
      try {
        await importCassette({from, path: join(directory, `${number++}.cassette`), replaces: false});
      } catch (error) {
        if (!(error instanceof RetakeError) || error.code === 'internal') throw error;
      }
    }),
    {numRuns: 300},
  );
  t.pass();
});
