import {readFileSync} from 'node:fs';
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {JsonObject} from '../../../src/chat/json.js';
import {isContinuousIntegration} from '../../../src/config/continuous-integration.js';
import {createProxy, type Exchange} from '../../../src/index.js';
import {externalUpstream} from '../../../src/upstream/openai-compatible/external-upstream.js';
import {writeEmptyCassette} from '../../support/cassette-files.js';
import {scriptedUpstream} from '../../support/scripted-upstream.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {type CaseName, caseNames, failingCases, recordedCases, seenAt} from './cases.js';
import {failByScript} from './fail-by-script.js';
import {areInstalled, type CaseLine, contractFolder, runPrograms} from './run-program.js';
import type {Language, Sdk} from './sdks.js';
import {sdks} from './sdks.js';

/** The results that the applications of a language saw, and the requests that their SDKs sent. */
type Run = {readonly lines: readonly CaseLine[]; readonly exchanges: readonly Exchange[]};

/** One test for each SDK of a language and each case. The programs run once, in strict replay of answers recorded through one SDK. */
export function contractTests(language: Language): void {
  if (!areInstalled(language)) {
    const title = `the ${language} SDKs are installed: run npm run test:sdk -- ${language}`;
    if (isContinuousIntegration(process.env)) test(title, t => t.fail());
    else test.skip(title, t => t.pass());
    return;
  }
  let running: Promise<Run> | undefined;
  for (const sdk of sdks.filter(each => each.language === language)) {
    for (const name of caseNames) {
      const reason = sdk.cannot[name];
      if (reason !== undefined) {
        test.skip(`${sdk.name} ${sdk.version}: ${name} (cannot: ${reason})`, t => t.pass());
        continue;
      }
      test(`${sdk.name} ${sdk.version}: ${name}`, async t => {
        t.timeout(600_000, 'the programs of a language run one after another');
        running ??= run(t, language);
        check(t, sdk, name, await running);
      });
    }
  }
}

async function run(t: ExecutionContext, language: Language): Promise<Run> {
  const exchanges: Exchange[] = [];
  const onExchange = (exchange: Exchange) => exchanges.push(exchange);
  const played = await createProxy({cassette: await playedFolder(t, language), mode: 'replay', onExchange});
  t.teardown(() => played.close());
  const upstream = await scriptedUpstream(t, failByScript);
  const scripted = await createProxy({
    cassette: await temporaryFolder(t),
    mode: 'passthrough',
    upstream: externalUpstream({url: upstream.url}),
    onExchange,
  });
  t.teardown(() => scripted.close());
  const addresses = {played: await played.listen(), scripted: await scripted.listen()};
  return {lines: await runPrograms(language, addresses), exchanges};
}

/** The recorded cassette, and an empty one for the misses of each SDK. */
async function playedFolder(t: ExecutionContext, language: Language): Promise<string> {
  const folder = await temporaryFolder(t);
  await copyFile(join(contractFolder, 'sdk.cassette'), join(folder, 'sdk.cassette'));
  for (const {id} of sdks.filter(each => each.language === language))
    await writeEmptyCassette(join(folder, `a-miss.${id}.cassette`));
  return folder;
}

function check(t: ExecutionContext, sdk: Sdk, name: CaseName, {lines, exchanges}: Run): void {
  const line = lines.find(each => each.sdk === sdk.id && each.case === name);
  t.is(line?.status, 'passed', line?.detail ?? 'The program did not tell of this case');
  t.is(line?.version, sdk.version);
  const own = exchanges.filter(({cassette}) => cassette === `${name.replaceAll(' ', '-')}.${sdk.id}`);
  if (isOneOf(recordedCases, name)) {
    t.deepEqual(line?.seen, seenWhenRecorded()[seenAt(sdk.id, name)]);
  } else if (isOneOf(failingCases, name)) {
    const {requests, ...raised} = sdk.raises[name];
    t.like(line?.seen as object, raised);
    // A request that cannot be decoded has no cassette, so it is not counted.
    if (name !== 'error shapes') t.is(own.length, requests);
    if (name === 'failure in mid-stream') t.like(line?.seen as object, {text: 'Hello there'});
  } else {
    t.regex(JSON.stringify(line?.seen), /Hello/);
    t.deepEqual(
      own.map(({error}) => error?.code),
      ['client_closed'],
    );
  }
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

function seenWhenRecorded(): JsonObject {
  return JSON.parse(readFileSync(join(contractFolder, 'seen.json'), 'utf8'));
}
