import {omitUndefined} from '../../chat/omit-undefined.js';
import type {Cassette} from '../cassette.js';
import type {CassetteKey, MatchingView} from '../key/key.js';
import type {IgnoreRule} from '../key/key-settings.js';
import type {KnownId} from '../key/known-ids.js';
import {questionOf} from '../key/question.js';
import {shortKey} from '../key/short-key.js';
import type {Inspection} from '../media-resolver.js';
import {CassetteMiss, type MissReport, type ReplacedId} from '../miss.js';
import type {Mode} from '../modes.js';
import {compareParts} from './compare-views.js';
import type {Difference} from './difference.js';
import {explainDocuments} from './explain-documents.js';
import {suggestIgnore} from './suggest-ignore.js';
import {missWording} from './wording.js';

/** Why there is no take: what was asked, the nearest recording, every component that differs, and the command that records it. */
export async function explainMiss(asked: {
  readonly key: CassetteKey;
  readonly view: MatchingView;
  readonly cassette: Cassette;
  readonly mode: Mode;
  /** What came of looking at the attachments; absent when there are none. */
  readonly inspection: Inspection | undefined;
  /** The ids of a provider that were replaced in the view. */
  readonly replaced?: readonly KnownId[] | undefined;
  /** The HTTP status; absent: that of the catalogue. */
  readonly status?: number | undefined;
}): Promise<CassetteMiss> {
  const {key, view, cassette, mode, inspection, replaced, status} = asked;
  const nearest = await findNearest(view, cassette);
  const documents =
    inspection && (await explainDocuments(inspection, {memory: cassette.media, nearest: nearest?.view}));
  const question = questionOf(view);
  const ids = replaced?.map(({id, token, origin}) => ({id, token, origin}));
  const lines = [
    `No take of this request in cassette "${cassette.name}" (mode ${mode}).`,
    `Asked: ${JSON.stringify(question)}`,
    ...(nearest
      ? [
          `Nearest recording ${shortKey(nearest.key)}: ${JSON.stringify(nearest.question)}. It differs in`,
          ...nearest.differences.map(difference => `  - ${difference}`),
          ...describeIgnore(suggestIgnore(view, nearest.view)),
        ]
      : [await describeLack(cassette, view)]),
    ...(documents?.lines ?? []),
    ...describeIds(ids ?? []),
  ];
  const needsProvider = view['operation'] === 'raw' || (await isOfProvider(cassette, nearest?.key));
  const report: MissReport = omitUndefined({
    cassette: cassette.name,
    key,
    question,
    view,
    nearest: nearest && reportOf(nearest),
    ids,
    needsProvider: needsProvider ? (true as const) : undefined,
    message: lines.join('\n'),
  });
  const hint = [
    needsProvider
      ? 'To record it, run the same command with a key of the API: retake run --mode auto --upstream provider -- <command>'
      : 'To record it, run the same command on a machine with a model: retake run --mode auto -- <command>',
    ...(documents?.hint === undefined ? [] : [documents.hint]),
  ].join('\n');
  return new CassetteMiss(report, {hint, status});
}

/** Whether a recording has the bytes of a provider: the cassette was recorded from one. */
async function isOfProvider(cassette: Cassette, key: CassetteKey | undefined): Promise<boolean> {
  const interaction = key && (await cassette.find(key));
  return interaction?.takes.some(({wire}) => wire !== undefined) ?? false;
}

/** Which words of the client the tokens stand for. */
function describeIds(ids: readonly ReplacedId[]): readonly string[] {
  if (ids.length === 0) return [];
  return [
    'Ids of the provider are compared by the requests that created them:',
    ...ids.map(({id, token, origin}) => `  - ${token} is ${id}, from ${origin}`),
  ];
}

function describeIgnore(rules: readonly IgnoreRule[] | undefined): readonly string[] {
  if (!rules || rules.length === 0) return [];
  return [
    'The differences look like values that change with each run. To ignore them, add to retake.config.json and run `retake rekey`:',
    `  "ignore": ${JSON.stringify(rules)}`,
  ];
}

/** A cassette larger than this is not searched to its end: an explanation is not worth seconds. */
const searchLimit = 20_000;

type Nearest = NonNullable<MissReport['nearest']> & {readonly view: MatchingView};

async function findNearest(view: MatchingView, cassette: Cassette): Promise<Nearest | undefined> {
  let best:
    | {key: CassetteKey; view: MatchingView; differences: readonly Difference[]; distance: number}
    | undefined;
  let searched = 0;
  const question = questionOf(view, Infinity);
  for await (const candidate of cassette.views()) {
    // A chat and an embedding have nothing in common that would help.
    if (candidate.view['operation'] !== view['operation']) continue;
    const {turns, settings} = compareParts(view, candidate.view, missWording);
    const differences = [...turns, ...settings];
    const asksSame = question !== '' && questionOf(candidate.view, Infinity) === question;
    const distance = weightOf(turns) + (asksSame ? 0 : otherQuestion) + boundedWeight(settings);
    if (!best || distance < best.distance) best = {...candidate, differences, distance};
    if (++searched >= searchLimit) break;
    if (searched % 100 === 0) await new Promise(resolve => setImmediate(resolve));
  }
  if (!best) return undefined;
  const sentences = best.differences.map(({sentence}) => sentence);
  return {key: best.key, view: best.view, question: questionOf(best.view), differences: sentences};
}

/** Another question is farther away than any number of other settings: those are changed at a glance. */
const otherQuestion = 3;

/** Less than 2, however many settings differ. */
function boundedWeight(settings: readonly Difference[]): number {
  const weight = weightOf(settings);
  return (2 * weight) / (weight + 1);
}

function weightOf(differences: readonly Difference[]): number {
  return differences.reduce((sum, {weight}) => sum + weight, 0);
}

async function describeLack(cassette: Cassette, view: MatchingView): Promise<string> {
  for await (const _any of cassette.views()) {
    return `The cassette has recordings, but none of this kind (${String(view['operation'])}).`;
  }
  return 'The cassette is empty.';
}

function reportOf({key, question, differences}: Nearest): NonNullable<MissReport['nearest']> {
  return {key, question, differences};
}
