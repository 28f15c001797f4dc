import {caseNames, type FailingCase} from './cases.js';
import {type Sdk, sdks} from './sdks.js';

/** The tables of docs/sdks.md, from what the tests expect. */
export function describeSdks(): string {
  return [
    '## What each one raises',
    '',
    'In brackets: the status that its error tells, and how many requests it made before it gave up.',
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
    '## What they cannot ask',
    '',
    `Every SDK is asked in these cases: ${caseNames.join(', ')}. Where one cannot, the reason is here.`,
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
