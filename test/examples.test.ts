import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {stripVTControlCharacters} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {isContinuousIntegration} from '../src/config/continuous-integration.js';
import {createProxy} from '../src/index.js';
import {verifyCassette} from '../src/operations/verify-cassette.js';
import {goEnvironment} from './support/go-environment.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cassette = 'cassettes/examples.cassette';

/** The output of each example, in every language. */
const printed: readonly RegExp[] = [
  /^Text: The capital of France is Paris\.$/m,
  /^Stream: The capital of Italy is Rome\.$/m,
  /^Structured output: [\s\S]*Berlin/m,
  /^Tools: get_temperature \{"city":"O"\}$/m,
  /^PDF: answered$/m,
  /^Embeddings: 640 and 640 numbers$/m,
];

/** The commands of examples/README.md, with the packages that the SDK tests installed. */
const commands: Readonly<
  Record<string, {readonly needs: string; readonly words: readonly [string, ...string[]]}>
> = {
  curl: {needs: 'examples/curl/tour.sh', words: ['examples/curl/tour.sh']},
  JavaScript: {needs: 'node_modules', words: [process.execPath, 'examples/javascript/tour.mjs']},
  Python: {
    needs: '.cache/sdk/python/.installed',
    words: ['.cache/sdk/python/bin/python', 'examples/python/tour.py'],
  },
  Go: {needs: '.cache/sdk/go/.installed', words: ['go', '-C', 'examples/go', 'run', '.']},
  Java: {
    needs: '.cache/sdk/java/.installed',
    words: [
      ...(['mvn', '-B', '-q', `-Dmaven.repo.local=${root}.cache/sdk/java/repository`] as const),
      ...['-f', 'examples/java', 'compile', 'exec:java'],
    ],
  },
};

test('the examples’ cassette is valid and canonical', async t => {
  t.deepEqual((await verifyCassette(`${root}${cassette}`)).findings, []);
});

for (const [language, {needs, words}] of Object.entries(commands)) {
  const run = existsSync(`${root}${needs}`) || isContinuousIntegration(process.env) ? test : test.skip;
  run(`the example in ${language} is answered from the cassette in all its six ways`, async t => {
    t.timeout(300_000, 'what it is built of may have to be fetched first');
    const output = await outputOf(t, words);
    for (const expected of printed) t.regex(output, expected);
  });
}

async function outputOf(
  t: ExecutionContext,
  [command, ...words]: readonly [string, ...string[]],
): Promise<string> {
  const proxy = await createProxy({cassette: `${root}${cassette}`, mode: 'replay'});
  t.teardown(() => proxy.close());
  const {stdout} = await execa(command, words, {
    cwd: root,
    stdin: 'ignore',
    env: {
      RETAKE_URL: await proxy.listen(),
      ...goEnvironment,
    },
  });
  return stripVTControlCharacters(stdout);
}
