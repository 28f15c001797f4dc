import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import type {ManagedUpstreamOptions} from '../../../../src/upstream/local/managed-upstream.js';
import {descendantsOf} from '../../../support/child-processes.js';
import {eventually, isAlive} from '../../../support/eventually.js';
import {fakeEngine} from '../../../support/fake-engine.js';
import {liveOptions} from '../../../support/live-upstream.js';

const owner = fileURLToPath(new URL('../../../support/engine-owner.js', import.meta.url));

type OptionsOf = (t: ExecutionContext) => Promise<ManagedUpstreamOptions>;

const endsWithItsOwner = test.macro({
  async exec(t, optionsOf: OptionsOf, phase: string, signal: NodeJS.Signals) {
    t.timeout(600_000, 'the engine and the model may have to be fetched first');
    const child = execa(process.execPath, [owner, JSON.stringify(await optionsOf(t))], {
      reject: false,
      stderr: 'inherit',
    });
    t.teardown(() => child.kill('SIGKILL'));
    const lines = createInterface({input: child.stdout});
    for await (const line of lines) if (line === phase) break;
    await eventually('it has an engine', async () => (await descendantsOf(child.pid ?? 0)).length > 0);
    const engine = await descendantsOf(child.pid ?? 0);
    child.kill(signal);
    await child;
    await eventually('the engine is gone', () => !engine.some(isAlive));
    t.pass();
  },
  title: (_, optionsOf: OptionsOf, phase, signal) =>
    `${optionsOf.name} in phase ${phase} ends when its owner ends by ${signal}`,
});

async function nativeEngine(t: ExecutionContext) {
  return (await fakeEngine(t, {ignoresTerm: true})).options;
}

async function nativeEngineThatLoads(t: ExecutionContext) {
  return (await fakeEngine(t, {ignoresTerm: true, loads: 600_000})).options;
}

async function installedEngine() {
  return liveOptions;
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(endsWithItsOwner, nativeEngine, 'ready', signal);
  test(endsWithItsOwner, nativeEngineThatLoads, 'starting', signal);
  test.serial(endsWithItsOwner, installedEngine, 'ready', signal);
  test.serial(endsWithItsOwner, installedEngine, 'starting', signal);
}

test('a guard that is killed leaves no llama-server running', async t => {
  const engine = await fakeEngine(t, {ignoresTerm: true});
  const child = execa(process.execPath, [owner, JSON.stringify(engine.options)], {reject: false});
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface({input: child.stdout});
  for await (const line of lines) if (line === 'ready') break;
  const [guard = 0] = await descendantsOf(child.pid ?? 0);
  const pid = await engine.pid();
  t.not(guard, pid);
  process.kill(guard, 'SIGKILL');
  await eventually('the llama-server is gone', () => !isAlive(pid));
  child.kill('SIGKILL');
  await child;
  t.pass();
});
