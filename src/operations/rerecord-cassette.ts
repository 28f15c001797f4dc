import {createHash, hash} from 'node:crypto';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createStoredReader, type StoredReader} from '../attachments/stored-reader.js';
import type {Interaction} from '../cassette/cassette.js';
import type {Change} from '../cassette/compare/change.js';
import {compareInteractions} from '../cassette/compare/compare-interactions.js';
import {defaultTokenTolerance} from '../cassette/compare/compare-usage.js';
import {sideOf} from '../cassette/compare/side.js';
import {type CassettePaths, cassettePaths} from '../cassette/file/cassette-paths.js';
import {openJournal, type RerecordJournal} from '../cassette/file/rerecord-journal.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {createStoredRedactor, type StoredRedaction} from '../cassette/key/redact-stored.js';
import {requestOfView} from '../cassette/maintenance/request-of-view.js';
import {isStoreAddress} from '../cassette/postgres/store-address.js';
import {recordTake} from '../cassette/replay/record-take.js';
import {haveSameTakes, type InteractionRow, readInteraction} from '../cassette/rows/interaction-row.js';
import {mergeRow} from '../cassette/rows/merge-rows.js';
import {
  type StoredCassette,
  type StoredInteraction,
  withInteractions,
} from '../cassette/rows/stored-cassette.js';
import {takeRow} from '../cassette/rows/take-row.js';
import {openStored} from '../cassette/stores/open-stored.js';
import {rewriteStored} from '../cassette/stores/rewrite-stored.js';
import type {Take} from '../cassette/take.js';
import type {MediaReader} from '../chat/media.js';
import type {Model} from '../chat/model.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import type {ModelRequest} from '../chat/request.js';
import {createRasterizer, type RasterizerOptions} from '../documents/rasterizer.js';
import {RetakeError, toRetakeError} from '../errors.js';

export type RerecordOptions = {
  /** A file, or the address of a cassette in a database. */
  readonly path: string;
  /** Folder for the journals of databases: what an interrupted run has sent already. */
  readonly cacheFolder?: string | undefined;
  readonly model: Model;
  /** The name of the model. An interrupted run continues only with the same model. */
  readonly modelName: string;
  /** A part of the request text, or the first digits of a key. Default: all interactions. */
  readonly filter?: string;
  /** Only reports how the new answers differ; nothing is written. */
  readonly isDrift: boolean;
  /** Renders the pages of PDFs that the cassette stores in full. */
  readonly rasterizer: RasterizerOptions;
  /** Also sends requests with redacted or masked text, with the placeholders in it. */
  readonly withPlaceholders: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RerecordProgress) => void;
  readonly now?: () => number;
  readonly log?: (message: string) => void;
};

export type RerecordProgress = {readonly done: number; readonly total: number; readonly question: string};

export type RerecordReport = {
  /** The interactions that were sent again and answered in full. */
  readonly asked: number;
  /** The interactions that an earlier run had sent already. */
  readonly resumed: number;
  /** The answers that differ. */
  readonly changes: readonly Change[];
  readonly skipped: readonly NotAsked[];
  readonly failed: readonly NotAsked[];
};

export type NotAsked = {readonly key: CassetteKey; readonly question: string; readonly reason: string};

/** Minimum time between two writes of the file, in milliseconds; also at least ten times what the last write took. */
const shortestPause = 1000;

/**
 * Sends recorded requests to a model again. All takes of an interaction are replaced together or not at all, and an equivalent answer
 * keeps the old take. If the run is interrupted, what was written stays, and the next run continues after it.
 */
export async function rerecordCassette(options: RerecordOptions): Promise<RerecordReport> {
  const {path, isDrift, signal, now = Date.now} = options;
  const file = await openStored(path);
  if (!file) throw new RetakeError('not_found', `There is no cassette at ${path}`);
  const changes: Change[] = [];
  const failed: NotAsked[] = [];
  let asked = 0;
  try {
    const stored = createStoredReader({
      ...{shown: path, facts: file.facts, settings: file.keySettings, signal},
      rasterizer: createRasterizer(options.rasterizer),
    });
    const {askable, skipped} = chooseInteractions(file, options, stored);
    const journal = isDrift ? undefined : openJournal(journalPaths(options), purposeOf(options));
    const left = askable.filter(({row}) => !journal?.done.has(row.key));
    const writer = journal && answerWriter(options, journal);
    const progress = {total: askable.length, done: askable.length - left.length};
    const redact = createStoredRedactor(file.keySettings.redact);
    try {
      for (const {row, interaction, request} of left) {
        const question = questionOf(interaction.view);
        options.onProgress?.({...progress, question});
        let takes: Interaction['takes'];
        try {
          const {redactAnswer} = redact(interaction.view);
          takes = await askAgain(interaction, request, {...options, media: stored.reader, now, redactAnswer});
        } catch (error) {
          if (signal.aborted) break;
          failed.push({key: row.key, question, reason: toRetakeError(error).message});
          progress.done++;
          continue;
        }
        const change = compareInteractions(sideOf(interaction), sideOf({...interaction, takes}), {
          tokens: defaultTokenTolerance,
        });
        if (change) changes.push(change);
        asked++;
        await writer?.add(row, takes);
        progress.done++;
      }
    } finally {
      await writer?.finish();
    }
    if (!signal.aborted && failed.length === 0) journal?.remove();
    return {asked, resumed: askable.length - left.length, changes, skipped, failed};
  } finally {
    file.close();
  }
}

type Askable = {
  readonly row: InteractionRow;
  readonly interaction: Interaction;
  readonly request: ModelRequest;
};

function chooseInteractions(
  file: StoredCassette,
  {path, filter, withPlaceholders}: RerecordOptions,
  media: StoredReader,
): {readonly askable: readonly Askable[]; readonly skipped: readonly NotAsked[]} {
  const askable: Askable[] = [];
  const skipped: NotAsked[] = [];
  for (const {row} of file.rows()) {
    const interaction = readInteraction(path, row);
    const {key, view} = interaction;
    if (filter !== undefined && !isChosen(filter, key, questionOf(view, Infinity))) continue;
    if (interaction.takes.some(({error}) => error)) {
      skipped.push({key, question: questionOf(view), reason: 'it has a recorded error'});
      continue;
    }
    const found = requestOfView(view, {withPlaceholders, media});
    if (found.kind === 'request') askable.push({row, interaction, request: found.request});
    else skipped.push({key, question: questionOf(view), reason: found.reason});
  }
  return {askable, skipped};
}

/** Whether a filter chooses a request: by a part of its text, or by the first digits of its key. */
export function isChosen(filter: string, key: CassetteKey, question: string): boolean {
  const isKey = /^[0-9a-f:]{6,}$/.test(filter);
  const isOfKey = key.startsWith(filter) || key.slice(key.indexOf(':') + 1).startsWith(filter);
  return (isKey && isOfKey) || question.toLowerCase().includes(filter.toLowerCase());
}

function purposeOf({modelName, filter, withPlaceholders}: RerecordOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([modelName, filter ?? null, withPlaceholders]))
    .digest('hex');
}

/** The journal of a file is beside it, and that of a cassette in a database in the cache folder. */
function journalPaths({path, cacheFolder = tmpdir()}: RerecordOptions): CassettePaths {
  if (!isStoreAddress(path)) return cassettePaths(path);
  return cassettePaths(join(cacheFolder, 'rerecord', `${hash('sha256', path)}.cassette`));
}

/** As many answers as the interaction has takes. */
async function askAgain(
  {takes}: Interaction,
  request: ModelRequest,
  {
    model,
    media,
    signal,
    now,
    redactAnswer,
  }: {
    readonly model: Model;
    readonly media: MediaReader;
    readonly signal: AbortSignal;
    readonly now: () => number;
    readonly redactAnswer: StoredRedaction['redactAnswer'];
  },
): Promise<Interaction['takes']> {
  const answers: Take[] = [];
  for (const {provenance} of takes) {
    const recordedAt = now();
    const warnings: string[] = [];
    const warn = (warning: string) => warnings.push(warning);
    const answer = recordTake(model(request, {signal, media, warn}), {
      elapsed: () => now() - recordedAt,
      keep: async recorded => {
        const {chunks} = redactAnswer(recorded);
        const start = chunks[0].chunk;
        if (start.type !== 'reply-start')
          throw new RetakeError('internal', 'An answer began with something else');
        const {askedFor, pages} = provenance;
        answers.push({
          chunks,
          provenance: omitUndefined({
            ...{recordedAt, askedFor, ...start.answeredBy, pages},
            warnings: warnings.length > 0 ? warnings : undefined,
          }),
        });
      },
    });
    for await (const _chunk of answer) signal.throwIfAborted();
  }
  const [first, ...rest] = answers;
  if (!first) throw new RetakeError('internal', 'An interaction has no take');
  return [first, ...rest];
}

/** Writes answers in batches, because each write rewrites the whole file. */
function answerWriter(
  {path, now = Date.now, log}: RerecordOptions,
  journal: RerecordJournal,
): {add(row: InteractionRow, takes: Interaction['takes']): Promise<void>; finish(): Promise<void>} {
  const waiting = new Map<
    CassetteKey,
    {readonly row: InteractionRow; readonly takes: Interaction['takes']}
  >();
  let writtenAt = now();
  let pause = shortestPause;
  const write = async () => {
    const begin = now();
    await rewriteStored(
      path,
      async file => {
        const rows = file ? await answeredRows(path, file, waiting) : [];
        const content = file && rows.length > 0 && withInteractions(file, replaced(file.rows(), rows));
        return {...(content && {content}), result: undefined};
      },
      {log},
    );
    journal.add([...waiting.keys()]);
    waiting.clear();
    writtenAt = now();
    pause = Math.max(shortestPause, 10 * (writtenAt - begin));
  };
  return {
    async add(row, takes) {
      waiting.set(row.key, {row, takes});
      if (now() - writtenAt >= pause) await write();
    },
    async finish() {
      if (waiting.size > 0) await write();
    },
  };
}

/** The rows that the new answers change. Recordings made meanwhile by other processes stay. */
async function answeredRows(
  path: string,
  file: StoredCassette,
  answers: ReadonlyMap<CassetteKey, {readonly row: InteractionRow; readonly takes: Interaction['takes']}>,
): Promise<readonly InteractionRow[]> {
  const rows: InteractionRow[] = [];
  for (const [key, {row, takes}] of answers) {
    const current = file.find(key);
    // Another process has removed the interaction meanwhile.
    if (!current) continue;
    const recorded = takes.map((take, replaces) => ({take: takeRow(key, take), replaces}));
    const merged = mergeRow(path, current, {key, request: row.request, baseline: row.takes, recorded});
    if (!haveSameTakes(current, merged)) rows.push(merged);
  }
  return rows;
}

function* replaced(
  stored: Iterable<StoredInteraction>,
  rows: readonly InteractionRow[],
): Iterable<StoredInteraction> {
  const byKey = new Map(rows.map(row => [row.key, row]));
  for (const {id, row} of stored) yield {id, row: byKey.get(row.key) ?? row};
}
