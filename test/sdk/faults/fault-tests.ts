import test, {type ExecutionContext} from 'ava';
import {isContinuousIntegration} from '../../../src/config/continuous-integration.js';
import {areInstalled, runFaultProgram} from '../contract/run-program.js';
import type {Language} from '../contract/sdks.js';
import {faultCases} from './cases.js';
import {documented, type FaultyProxy, faultyProxy, type Outcome} from './measure.js';

/** A line of a program: what its application got through an SDK, which is named with its version. */
type Line = {readonly sdk: string; readonly case: string; readonly outcome: Outcome};

type DescribedLine = Line & {readonly described: string | undefined};

/** The languages whose SDKs run in a program of their own. */
type FaultLanguage = Exclude<Language, 'javascript'>;

/** One test for each SDK of a language and each fault. The program runs once. */
export function faultTests(language: FaultLanguage, sdks: readonly string[]): void {
  if (!areInstalled(language)) {
    const title = `the ${language} SDKs are installed: run npm run test:sdk -- ${language}`;
    if (isContinuousIntegration(process.env)) test(title, t => t.fail());
    else test.skip(title, t => t.pass());
    return;
  }
  let running: Promise<readonly DescribedLine[]> | undefined;
  for (const sdk of sdks) {
    for (const one of faultCases) {
      test.serial(`${sdk}: ${one.name}`, async t => {
        t.timeout(600_000, 'the SDKs wait between their requests');
        running ??= run(t, language, sdks);
        const line = (await running).find(each => each.sdk.startsWith(`${sdk} `) && each.case === one.name);
        if (!line) return t.fail('The program did not tell of this case');
        t.is(line.described, documented(line.sdk, one));
      });
    }
  }
}

async function run(
  t: ExecutionContext,
  language: FaultLanguage,
  sdks: readonly string[],
): Promise<readonly DescribedLine[]> {
  const proxies = new Map<string, FaultyProxy>();
  const questions: object[] = [];
  for (const sdk of sdks) {
    for (const one of faultCases) {
      const {name, streams, timeout} = one;
      const proxy = await faultyProxy(t, one);
      proxies.set(`${sdk}: ${name}`, proxy);
      questions.push({
        sdk,
        case: name,
        url: proxy.url,
        streams,
        ...(timeout !== undefined && {timeout: timeout / 1000}),
      });
    }
  }
  const lines = (await runFaultProgram(language, JSON.stringify(questions))).map(
    (line): Line => JSON.parse(line),
  );
  // At the same time, because each waits for requests that come late.
  return Promise.all(
    lines.map(async line => {
      const proxy = proxies.get(`${line.sdk.replace(/ [^ ]*$/, '')}: ${line.case}`);
      return {...line, described: await proxy?.describe(line.outcome)};
    }),
  );
}
