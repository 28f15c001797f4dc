import {shortKey} from '../../src/cassette/key/short-key.js';
import {paint} from './console-lines.js';
import {countOf} from './count-of.js';
import {printable, printableLine} from './printable.js';
import type {RunReport} from './run-report.js';

/** The verdict for people: the outcomes, each miss with its explanation, and the unused takes. */
export function describeVerdict(
  report: RunReport,
  {failsOnRepeat = false}: {readonly failsOnRepeat?: boolean} = {},
): string {
  const {misses, unused, failed, givenUp = 0, notSent = 0, repeated = [], spent = [], update} = report;
  return [
    `retake: ${describeCounts(report)}`,
    ...misses.flatMap(({message}) => ['', `${paint('red', 'miss')}  ${indent(printable(message))}`]),
    ...(misses.length > 0 ? ['', recordingAdvice(misses)] : []),
    ...(failed > 0
      ? ['', `${countOf(failed, 'request')} failed: the model returned an error, or recording failed`]
      : []),
    ...(givenUp > 0 ? ['', givenUpAdvice] : []),
    ...(spent.length > 0 ? ['', ...spent.map(describeSpent)] : []),
    ...(notSent > 0 ? ['', ...describeUnsent(report)] : []),
    ...(failsOnRepeat && repeated.length > 0 ? ['', ...describeRepeated(repeated)] : []),
    ...(unused.length > 0 && !update?.removed ? ['', ...describeUnused(unused)] : []),
    ...(update ? ['', describeUpdate(update)] : []),
    '',
  ].join('\n');
}

function describeSpent({model, inputTokens, outputTokens}: NonNullable<RunReport['spent']>[number]): string {
  return `${printableLine(model)}: ${inputTokens} input tokens, ${outputTokens} output tokens`;
}

/** The requests that the limit of tokens has left without an answer, and how they get one. */
function describeUnsent({notSent = 0, unsent = [], spent = [], tokenLimit = 0, mode}: RunReport): string[] {
  const tokens = spent.reduce((sum, {inputTokens, outputTokens}) => sum + inputTokens + outputTokens, 0);
  const lines = unsent
    .slice(0, listed)
    .map(({cassette, key, question}) => `  ${printableLine(`${cassette} ${shortKey(key)}: ${question}`)}`);
  return [
    `token limit reached: ${tokens} tokens were spent, and --max-tokens-spent is ${tokenLimit}. ${countOf(notSent, 'request')} got an error (HTTP 403) in place of an answer:`,
    ...lines,
    ...(unsent.length > listed ? [`  and ${unsent.length - listed} more`] : []),
    mode === 'passthrough'
      ? 'Raise --max-tokens-spent to send them.'
      : 'What was answered before is recorded. To record the rest, run the same command with --mode auto: recorded answers spend no tokens, and each run counts from 0. Or raise --max-tokens-spent.',
  ];
}

function recordingAdvice(misses: RunReport['misses']): string {
  const way = misses.some(({needsProvider}) => needsProvider)
    ? '--mode auto --upstream provider and a key of the API'
    : '--mode auto on a machine with a model';
  return `To record the missing answers, run the same command with ${way}, and commit the cassette.`;
}

const givenUpAdvice =
  'Answers were given up: their clients closed the connection, and the model did not finish within --finish-timeout.';

const outcomes = {
  played: 'replayed',
  recorded: 'recorded',
  missed: 'missed',
  notRecorded: 'not recorded',
  givenUp: 'given up by the client, not recorded',
  faulted: 'with a fault',
  notSent: 'not sent (token limit)',
  failed: 'failed',
} as const;

/** `4 requests: 3 replayed, 1 missed; 2 takes unused` */
export function describeCounts(report: RunReport): string {
  const counts = Object.entries(outcomes).map(([name, label]) => ({
    label,
    count: report[name as keyof typeof outcomes] ?? 0,
  }));
  const {recordedErrors = 0} = report;
  const describeCount = ({label, count}: (typeof counts)[number]) =>
    label === outcomes.recorded && recordedErrors > 0
      ? `${count} ${label} (${countOf(recordedErrors, 'error')})`
      : `${count} ${label}`;
  const requests = countRequests(report);
  const shown = counts.filter(({label, count}) => count > 0 || label === outcomes.played);
  const unused = report.unused.length > 0 ? `; ${countOf(report.unused.length, 'take')} unused` : '';
  return requests === 0
    ? `no requests${unused}`
    : `${countOf(requests, 'request')}: ${shown.map(describeCount).join(', ')}${unused}`;
}

export function countRequests(
  counts: {readonly [outcome in keyof typeof outcomes]?: number | undefined},
): number {
  return Object.keys(outcomes).reduce((sum, name) => sum + (counts[name as keyof typeof outcomes] ?? 0), 0);
}

/** For a run without requests: the addresses that its command was given. */
export function describeVariables(variables: Readonly<Record<string, string>>): string {
  const addresses = Object.entries(variables).filter(([, value]) => value.startsWith('http://'));
  return [
    'No request of the command needed an answer of a model: none reached retake, or it sent only invalid ones and such as model lists and files.',
    'These variables were set for it:',
    ...addresses.map(([name, value]) => `  ${printableLine(`${name}=${value}`)}`),
    'If the SDK of the command reads none of them, set the base URL in its code: see docs/sdks.md.',
    '',
  ].join('\n');
}

const listed = 10;

function describeUnused(unused: RunReport['unused']): string[] {
  const lines = unused.slice(0, listed).map(({cassette, key, take, question}) => {
    const line = `${cassette} ${shortKey(key)} take ${take}: ${question}`;
    return `  ${printableLine(line)}`;
  });
  const more = unused.length - listed;
  return [
    paint('dim', 'unused takes (recorded answers that the command did not request):'),
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function describeRepeated(repeated: NonNullable<RunReport['repeated']>): string[] {
  return [
    'requests that were sent more often than they were recorded:',
    ...repeated.slice(0, listed).map(({cassette, key, question, takes, repeats}) => {
      const counts = `${countOf(takes, 'take')}, ${countOf(repeats, 'more request')}`;
      return `  ${printableLine(`${cassette} ${shortKey(key)} ${counts}: ${question}`)}`;
    }),
    ...(repeated.length > listed ? [`  and ${repeated.length - listed} more`] : []),
  ];
}

function describeUpdate({removed = 0, skippedBecause}: NonNullable<RunReport['update']>): string {
  return skippedBecause === undefined
    ? `update: removed ${countOf(removed, 'unused take')}`
    : `update: recorded only, unused takes were not removed: ${printableLine(skippedBecause)}`;
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n      ');
}
