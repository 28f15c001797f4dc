import test, {type ExecutionContext} from 'ava';
import {isContinuousIntegration} from '../../../src/config/continuous-integration.js';
import {areInstalled, runFaultProgram} from '../contract/run-program.js';
import {faultCases} from './cases.js';
import {documented, type FaultyProxy, faultyProxy, type Outcome} from './measure.js';

/** A line of a program: what its application got through an SDK, which is named with its version. */
type Line = {readonly sdk: string; readonly case: string; readonly outcome: Outcome};

type Run = {readonly lines: readonly Line[]; proxyOf(line: Line): FaultyProxy | undefined};

/** One test for each SDK of a language and each fault. The program runs once. */
export function faultTests(language: 'python' | 'go', sdks: readonly string[]): void {
  if (!areInstalled(language)) {
    const title = `the ${language} SDKs are installed: run npm run test:sdk -- ${language}`;
    if (isContinuousIntegration(process.env)) test(title, t => t.fail());
    else test.skip(title, t => t.pass());
    return;
  }
  let running: Promise<Run> | undefined;
  for (const sdk of sdks) {
    for (const one of faultCases) {
      test.serial(`${sdk}: ${one.name}`, async t => {
        t.timeout(600_000, 'the SDKs run one after another');
        running ??= run(t, language, sdks);
        const {lines, proxyOf} = await running;
        const line = lines.find(each => each.sdk.startsWith(`${sdk} `) && each.case === one.name);
        if (!line) return t.fail('The program did not tell of this case');
        t.is(await proxyOf(line)?.describe(line.outcome), documented(line.sdk, one));
      });
    }
  }
}

async function run(t: ExecutionContext, language: 'python' | 'go', sdks: readonly string[]): Promise<Run> {
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
  const lines = await runFaultProgram(language, JSON.stringify(questions));
  return {
    lines: lines.map(line => JSON.parse(line)),
    proxyOf: line => proxies.get(`${line.sdk.replace(/ [^ ]*$/, '')}: ${line.case}`),
  };
}
