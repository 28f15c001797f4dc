import {caseNames, type FailingCase} from './cases.js';
import {type Sdk, sdks} from './sdks.js';

/** The tables of docs/sdks.md, generated from the expectations of the tests. */
export function describeSdks(): string {
  return [
    '## Errors that each SDK raises',
    '',
    'In parentheses: the status in the error, and the number of requests including retries.',
    '',
    table(
      ['SDK', 'a bad request', 'a miss', 'the model fails at once', 'the model fails in mid-stream'],
      sdks.map(sdk => [
        nameOf(sdk),
        ...(['error shapes', 'a miss', 'failure', 'failure in mid-stream'] as const).map(name =>
          raisedBy(sdk, name),
        ),
      ]),
    ),
    '',
    '## Unsupported cases',
    '',
    `Every SDK runs these cases: ${caseNames.join(', ')}. The table lists the cases that an SDK does not support.`,
    '',
    table(
      ['SDK', 'case', 'why'],
      sdks.flatMap(sdk => Object.entries(sdk.cannot).map(([name, reason]) => [nameOf(sdk), name, reason])),
    ),
  ].join('\n');
}

function nameOf({name, version}: Sdk): string {
  return `${name} ${version}`;
}

function raisedBy(sdk: Sdk, name: FailingCase): string {
  const reason = sdk.cannot[name];
  if (reason !== undefined) return `nothing: ${reason}`;
  const {raised, status, requests} = sdk.raises[name];
  const facts = [status ?? 'none', ...(requests === 1 ? [] : [`${requests} requests`])];
  return `\`${raised}\` (${facts.join(', ')})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
