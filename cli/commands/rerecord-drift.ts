import type {Change} from '../../src/cassette/compare/change.js';
import type {Verdict as ChangeVerdict} from '../../src/cassette/compare/change-verdict.js';
import {omitUndefined} from '../../src/chat/omit-undefined.js';
import type {Config} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {type DriftReport, findDrift} from '../../src/operations/drift/find-drift.js';
import {isChosen} from '../../src/operations/rerecord-cassette.js';
import {providerKeyVariables} from '../input/client-environment.js';
import type {Invocation} from '../input/invocation.js';
import {openConfiguredUpstream} from '../input/open-upstream.js';
import {askedAgainJson, askedAgainLines, unansweredCounts} from '../output/asked-again.js';
import type {ConsoleLines} from '../output/console-lines.js';
import {countOf} from '../output/count-of.js';
import {exitCodes} from '../output/exit-codes.js';
import {printableLine} from '../output/printable.js';
import {writeJson} from '../output/write-json.js';

/** Requests that are sent at once, unless the option says otherwise. */
const defaultConcurrency = 4;

type DriftFlags = {
  readonly filter: string | undefined;
  readonly failOn: readonly ChangeVerdict[];
  readonly isJson: boolean;
};

/** Asks the providers what they answer now, and reports it. */
export async function reportProviderDrift(
  paths: readonly string[],
  {filter, failOn, isJson}: DriftFlags,
  {
    config,
    environment,
    lines,
    signal,
  }: {
    readonly config: Config;
    readonly environment: Invocation['environment'];
    readonly lines: ConsoleLines;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const keys = keysOf(config, environment);
  const {gemini: geminiApiKey, openai: openaiApiKey, anthropic: anthropicApiKey} = keys;
  const upstream = openConfiguredUpstream({
    ...config,
    ...omitUndefined({geminiApiKey, openaiApiKey, anthropicApiKey}),
  });
  const cassettes: (DriftReport & {readonly path: string})[] = [];
  try {
    for (const path of paths) {
      const report = await findDrift({
        path,
        upstream,
        concurrency: config.upstreamConcurrency ?? defaultConcurrency,
        maxTokens: config.maxTokensSpent,
        isWanted: (key, question) => filter === undefined || isChosen(filter, key, question),
        onApis: apis => requireKeys(apis, keys),
        signal,
        onProgress: ({done, total, question}) => {
          if (!config.quiet) lines.progress(printableLine(`${done} of ${total}  ${path}  ${question}`));
        },
      });
      cassettes.push({path, ...report});
    }
  } finally {
    lines.clearProgress();
    await upstream.close();
  }
  const isFailing = (change: Change) => failOn.includes(change.verdict);
  const failing = cassettes.flatMap(({changes}) => changes.filter(isFailing)).length;
  if (isJson) writeJson({version: 1, drift: true, failing, cassettes: cassettes.map(askedAgainJson)});
  else process.stdout.write(cassettes.map(describe).join(''));
  const isBroken = failing > 0 || cassettes.some(({failed}) => failed.length > 0);
  return isBroken ? exitCodes.failure : exitCodes.success;
}

/** The keys of retake, or else those of the SDKs: there is no client that has one. */
function keysOf(
  {geminiApiKey, openaiApiKey, anthropicApiKey}: Config,
  environment: Invocation['environment'],
): Readonly<Record<string, string | undefined>> {
  const own = {gemini: geminiApiKey, openai: openaiApiKey, anthropic: anthropicApiKey};
  return Object.fromEntries(
    Object.entries(own).map(([api, key]) => {
      const found = (providerKeyVariables[api] ?? []).map(name => environment[name]).find(value => value);
      return [api, key ?? found];
    }),
  );
}

/** @throws RetakeError `invalid_setting` before the first request is sent */
function requireKeys(apis: readonly string[], keys: Readonly<Record<string, string | undefined>>): void {
  const missing = apis.filter(api => keys[api] === undefined);
  if (missing.length === 0) return;
  const names = missing.map(api => providerKeyVariables[api]?.slice(0, 2).join(' or ') ?? api);
  throw new RetakeError('invalid_setting', `A key is missing: ${names.join(', and ')} is not set`, {
    hint: 'The providers are asked again without the program, so retake needs a key of its own. No request was sent.',
  });
}

function describe({
  path,
  asked,
  same,
  changes,
  skipped,
  failed,
  spent,
  similarity,
}: DriftReport & {readonly path: string}): string {
  const verdicts = new Map<string, number>();
  for (const {verdict} of changes) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  const counts = [
    `${countOf(asked, 'request')} answered`,
    `${same} same`,
    ...[...verdicts].map(([verdict, count]) => `${count} ${verdict}`),
    ...unansweredCounts({skipped, failed}),
  ];
  return [
    `${printableLine(path)}: ${counts.join(', ')}`,
    ...askedAgainLines({changes, skipped, failed}),
    ...(similarity === undefined
      ? []
      : [`  lowest cosine similarity of embeddings: ${similarity.toFixed(4)}`]),
    ...spent.map(
      ({model, inputTokens, outputTokens}) =>
        `  ${printableLine(model)}: ${inputTokens} input tokens, ${outputTokens} output tokens`,
    ),
    '',
  ].join('\n');
}
