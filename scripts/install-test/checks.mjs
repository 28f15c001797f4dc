import assert from 'node:assert/strict';
import {cp, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';

const question = 'What is the capital of Norway?';

/** A client without packages: prints the answer to one question. */
const client = `
const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  headers: {'content-type': 'application/json'},
  body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: ${JSON.stringify(question)}}]}),
});
console.log((await response.json()).choices[0].message.content);
`;

const typed = `
import {type Retake, useRetake} from 'retake/node-test';
import {createProxy, type Exchange, openCassette, type ProxyOptions, RetakeError, type RetakeProxy} from 'retake';

const options: ProxyOptions = {mode: 'replay', cassette: 'cassettes', onExchange: (exchange: Exchange) => console.log(exchange.path)};
export const proxy: Promise<RetakeProxy> = createProxy(options);
export const cassette = await openCassette({path: 'cassettes/demo.cassette', writable: false});
export const kit: Promise<Retake> = useRetake({cassettes: 'cassettes', mode: 'replay'});
export const isOurs = (error: unknown): string | undefined => (error instanceof RetakeError ? error.code : undefined);
`;

export const answer = 'The capital of Norway is Oslo.';

/** What a user does with an installed retake, in this order; each is tried in a project by `run`, which resolves to the output. */
export const checks = {
  '--version': async ({run}) => {
    const {version} = JSON.parse(await readFile('package.json', 'utf8'));
    assert.equal(await run('retake', '--version'), `${version}\n`);
  },
  ls: async ({run}) => {
    assert.match(await run('retake', 'ls', 'cassettes'), /What is the capital of France\?/);
  },
  verify: async ({run}) => {
    assert.match(await run('retake', 'verify', 'cassettes'), /demo/);
  },
  record: async ({run, server}) => {
    const before = server.asked();
    const words = [
      '--mode',
      'auto',
      '--upstream',
      server.url,
      '--cassette',
      'own.cassette',
      '--',
      'node',
      'client.mjs',
    ];
    assert.equal(await run('retake', 'run', ...words), `${answer}\n`);
    assert.equal(server.asked(), before + 1);
  },
  replay: async ({run, server}) => {
    const before = server.asked();
    const words = ['--mode', 'replay', '--cassette', 'own.cassette', '--', 'node', 'client.mjs'];
    assert.equal(await run('retake', 'run', ...words), `${answer}\n`);
    assert.equal(server.asked(), before);
  },
  import: async ({run}) => {
    assert.equal(await run('node', 'import.mjs'), 'demo 10\n');
  },
  require: async ({run, version, hasNodeModules}) => {
    // In Node 22, `require` of a module that is in one of yarn's archives does not find what that module imports; `import` does.
    if (!hasNodeModules && version.startsWith('v22.')) return 'skipped';
    assert.equal(await run('node', 'require.cjs'), 'demo 10\n');
    return undefined;
  },
  kit: async ({run, hasNodeModules}) => {
    // The kit starts the command line, which Node cannot run from one of yarn's archives.
    if (!hasNodeModules) return 'skipped';
    assert.match(await run('node', '--test', '--test-reporter=tap', 'kit.test.mjs'), /^# pass 1$/m);
    return undefined;
  },
  types: async ({run, folder, hasNodeModules}) => {
    // TypeScript reads no Plug'n'Play.
    if (!hasNodeModules) return 'skipped';
    const compiler = resolve('node_modules/typescript/bin/tsc');
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      'false',
      '--module',
      'nodenext',
      '--target',
      'es2022',
    ];
    assert.equal(await run('node', compiler, ...flags, join(folder, 'typed.mts')), '');
    return undefined;
  },
};

/** A test with the demo's question. */
const kitTest = `
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {useRetake} from 'retake/node-test';

const retake = await useRetake({cassette: 'demo'});

test('a recorded answer', async () => {
  const response = await fetch(retake.urls.openai + '/chat/completions', {
    method: 'POST',
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{role: 'user', content: 'What is the capital of France?'}],
      temperature: 0,
    }),
  });
  assert.equal(response.status, 200, await response.text());
});
`;

const useLibrary = `
  const cassette = await openCassette({path: 'cassettes/demo.cassette', writable: false});
  let requests = 0;
  for await (const _ of cassette.interactions()) requests++;
  console.log(cassette.name, requests);
  await cassette.close();
`;

/** Fills an empty folder with the user's own files. */
export async function writeProject(folder) {
  await mkdir(join(folder, 'cassettes'), {recursive: true});
  await cp('cassettes/demo.cassette', join(folder, 'cassettes/demo.cassette'));
  const files = {
    'package.json': JSON.stringify({name: 'project', version: '1.0.0', private: true}),
    // Without one, yarn 4 takes a folder above for the project.
    'yarn.lock': '',
    'client.mjs': client,
    'typed.mts': typed,
    'kit.test.mjs': kitTest,
    'import.mjs': `import {openCassette} from 'retake';\n${useLibrary}`,
    'require.cjs': `const {openCassette} = require('retake');\n(async () => {${useLibrary}})();\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}
