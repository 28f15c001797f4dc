import {readFileSync} from 'node:fs';
import test from 'ava';
import {execa} from 'execa';

/** Prints the modules that are loaded until the program has ended, a line each. */
const listing = (program: string) => `
  import {registerHooks} from 'node:module';
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith('data:')) console.log(url);
      return next(url, context);
    },
  });
  ${program}
`;

async function modulesOf(program: string): Promise<readonly string[]> {
  const {stdout} = await execa('node', ['--no-warnings', '--input-type=module', '--eval', listing(program)]);
  return stdout.split('\n').map(url => url.replace(/^.*\/dist\//, 'dist/'));
}

const unwanted = /^dist\/(?:cli|src\/(?:git|github|report|operations|upstream\/local))\//;

test('importing the library loads its index and the errors only', async t => {
  t.deepEqual(await modulesOf("await import('./dist/src/index.js')"), [
    'dist/src/index.js',
    'dist/src/errors.js',
    'dist/src/library.js',
  ]);
});

test('a proxy that replays loads no command, no git and no report', async t => {
  const modules = await modulesOf(`
    const {createProxy} = await import('./dist/src/index.js');
    const proxy = await createProxy({mode: 'replay', cassette: 'cassettes/demo.cassette'});
    await proxy.listen();
    await proxy.close();
  `);
  t.true(modules.includes('dist/src/proxy/create-proxy.js'));
  t.deepEqual(
    modules.filter(module => unwanted.test(module)),
    [],
  );
});

test('comparing loads git, and rendering loads the report', async t => {
  const modules = await modulesOf(`
    const {diffCassettes, renderDiff} = await import('./dist/src/index.js');
    const paths = {kind: 'paths', before: 'cassettes/demo.cassette', after: 'cassettes/demo.cassette'};
    await renderDiff(await diffCassettes(paths), 'json');
  `);
  for (const folder of ['git', 'report'])
    t.true(modules.some(module => module.startsWith(`dist/src/${folder}/`)));
});

test('the published library imports as little, and can be required', async t => {
  const modules = await modulesOf("await import('retake')");
  t.true(modules.includes('dist/lib/index.js'));
  t.true(modules.length <= 5, modules.join('\n'));
  const size = modules.reduce((total, module) => total + readFileSync(module).length, 0);
  t.true(size < 50_000, `${size} bytes`);
  const {stdout} = await execa('node', ['--no-warnings', '--print', "typeof require('retake').createProxy"]);
  t.is(stdout, 'function');
});
