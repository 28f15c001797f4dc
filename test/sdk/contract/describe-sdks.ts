import {caseNames, type FailingCase} from './cases.js';
import {type Sdk, sdks} from './sdks.js';

/** The tables of docs/sdks.md, from what the tests expect. */
export function describeSdks(): string {
  return [
    '## Errors that each SDK raises',
    '',
    'In parentheses: the status of the error, and the number of requests if the SDK made more than one.',
    '',
    table(
      ['SDK', 'invalid request', 'miss', 'model error before the stream', 'model error in the stream'],
      sdks.map(sdk => [
        nameOf(sdk),
        ...(['error shapes', 'a miss', 'failure', 'failure in mid-stream'] as const).map(name =>
          raisedBy(sdk, name),
        ),
      ]),
    ),
    '',
    '## Cases that an SDK does not support',
    '',
    `The tests run every SDK in these cases: ${caseNames.join(', ')}. This table lists the exceptions.`,
    '',
    table(
      ['SDK', 'case', 'reason'],
      sdks.flatMap(sdk => Object.entries(sdk.cannot).map(([name, reason]) => [nameOf(sdk), name, reason])),
    ),
  ].join('\n');
}

function nameOf({name, version}: Sdk): string {
  return `${name} ${version}`;
}

function raisedBy(sdk: Sdk, name: FailingCase): string {
  const reason = sdk.cannot[name];
  if (reason !== undefined) return `no error: ${reason}`;
  const {raised, status, requests} = sdk.raises[name];
  const facts = [status ?? 'none', ...(requests === 1 ? [] : [`${requests} requests`])];
  return `\`${raised}\` (${facts.join(', ')})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
