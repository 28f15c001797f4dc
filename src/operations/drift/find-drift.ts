import {createSlots} from '../../async/slots.js';
import {createStoredReader} from '../../attachments/stored-reader.js';
import type {Interaction} from '../../cassette/cassette.js';
import type {Change} from '../../cassette/compare/change.js';
import {compareInteractions} from '../../cassette/compare/compare-interactions.js';
import {defaultTokenTolerance} from '../../cassette/compare/compare-usage.js';
import {cosineSimilarity} from '../../cassette/compare/cosine-similarity.js';
import {sideOf} from '../../cassette/compare/side.js';
import type {CassetteKey} from '../../cassette/key/key.js';
import {questionOf} from '../../cassette/key/question.js';
import {createStoredRedactor} from '../../cassette/key/redact-stored.js';
import {withProviderWords} from '../../cassette/replay/error-take.js';
import {recordTake} from '../../cassette/replay/record-take.js';
import {readInteraction} from '../../cassette/rows/interaction-row.js';
import {openStored} from '../../cassette/stores/open-stored.js';
import type {Take} from '../../cassette/take.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {ClientRequest} from '../../chat/wire.js';
import {createRasterizer} from '../../documents/rasterizer.js';
import {RetakeError, toRetakeError} from '../../errors.js';
import type {SpentTokens, Upstream} from '../../upstream/upstream.js';
import type {NotAsked, RerecordProgress} from '../rerecord-cassette.js';
import {comparableTakes} from './comparable-takes.js';
import {createRequestWriter} from './request-for-provider.js';

export type DriftOptions = {
  readonly path: string;
  /** The providers. */
  readonly upstream: Upstream;
  /** How many requests are sent at once. */
  readonly concurrency: number;
  /** Tokens after which no further request is sent. */
  readonly maxTokens?: number | undefined;
  readonly isWanted: (key: CassetteKey, question: string) => boolean;
  /** Called with the APIs that will be asked, before the first request. */
  readonly onApis?: ((apis: readonly string[]) => void) | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: RerecordProgress) => void) | undefined;
  readonly now?: (() => number) | undefined;
};

export type DriftReport = {
  /** The requests that were answered. */
  readonly asked: number;
  /** The answers that are one of those that are recorded. */
  readonly same: number;
  /** The answers that differ, in the order of the cassette. */
  readonly changes: readonly Change[];
  readonly skipped: readonly NotAsked[];
  readonly failed: readonly NotAsked[];
  readonly spent: readonly SpentTokens[];
  /** The lowest cosine similarity of an embedding with the nearest recorded one, if there are embeddings. */
  readonly similarity?: number | undefined;
};

/** Providers give almost the same embedding twice: from this cosine similarity on, it is the same. */
const sameEmbedding = 0.999;

type Outcome =
  | {readonly kind: 'same'; readonly similarity?: number | undefined}
  | {readonly kind: 'changed'; readonly change: Change; readonly similarity?: number | undefined}
  | {readonly kind: 'skipped' | 'failed'; readonly one: NotAsked};

/** Asks the providers again, and compares what they answer with what is recorded. Nothing is written. */
export async function findDrift(options: DriftOptions): Promise<DriftReport> {
  const {path, signal, concurrency, isWanted, onApis, onProgress} = options;
  const file = await openStored(path);
  if (!file) throw new RetakeError('not_found', `There is no cassette at ${path}`);
  try {
    const stored = createStoredReader({
      ...{shown: path, facts: file.facts, settings: file.keySettings, signal},
      // Attached files are sent as they were, and not rendered.
      rasterizer: createRasterizer({path: ''}),
    });
    const write = createRequestWriter(file.keySettings, stored);
    const redact = createStoredRedactor(file.keySettings.redact);
    const askable: {interaction: Interaction; question: string; client: ClientRequest}[] = [];
    const skipped: NotAsked[] = [];
    for (const {row} of file.rows()) {
      const interaction = readInteraction(path, row);
      const {key, view} = interaction;
      if (!isWanted(key, questionOf(view, Number.POSITIVE_INFINITY))) continue;
      const question = questionOf(view);
      const written = await write(interaction);
      if (written.kind === 'request') askable.push({interaction, question, client: written.client});
      else skipped.push({key, question, reason: written.reason});
    }
    onApis?.([...new Set(askable.map(({client}) => client.form.dialect))].sort());
    const slots = createSlots(concurrency);
    let done = 0;
    const outcomes = await Promise.all(
      askable.map(async ({interaction, question, client}): Promise<Outcome> => {
        const {key, view} = interaction;
        const release = await slots.take(signal).catch(() => undefined);
        if (!release || signal.aborted)
          return {kind: 'skipped', one: {key, question, reason: 'not sent: the run was stopped'}};
        try {
          if (isSpent(options)) {
            const reason = `not sent: ${tokensSpent(options)} tokens were spent, and the limit is ${options.maxTokens}`;
            return {kind: 'skipped', one: {key, question, reason}};
          }
          onProgress?.({done, total: askable.length, question});
          const fresh = await ask(client, interaction, {...options, redactAnswer: redact(view).redactAnswer});
          const change = compare(interaction, fresh);
          const similarity = similarityOf(interaction, fresh);
          return change ? {kind: 'changed', change, similarity} : {kind: 'same', similarity};
        } catch (error) {
          return {
            kind: 'failed',
            one: {key, question, reason: withProviderWords(toRetakeError(error)).message},
          };
        } finally {
          done++;
          release();
        }
      }),
    );
    const changes = outcomes.flatMap(outcome => (outcome.kind === 'changed' ? [outcome.change] : []));
    const same = outcomes.filter(({kind}) => kind === 'same').length;
    const of = (wanted: Outcome['kind']) =>
      outcomes.flatMap(outcome => ('one' in outcome && outcome.kind === wanted ? [outcome.one] : []));
    const similarities = outcomes.flatMap(outcome =>
      'similarity' in outcome ? (outcome.similarity ?? []) : [],
    );
    return omitUndefined({
      ...{asked: same + changes.length, same, changes},
      skipped: [...skipped, ...of('skipped')],
      failed: of('failed'),
      spent: options.upstream.spent?.() ?? [],
      similarity: similarities.length > 0 ? Math.min(...similarities) : undefined,
    });
  } finally {
    file.close();
  }
}

function isSpent(options: DriftOptions): boolean {
  return tokensSpent(options) >= (options.maxTokens ?? Number.POSITIVE_INFINITY);
}

function tokensSpent({upstream}: DriftOptions): number {
  const spent = upstream.spent?.() ?? [];
  return spent.reduce((sum, {inputTokens, outputTokens}) => sum + inputTokens + outputTokens, 0);
}

/** The first recorded answer against the new one; undefined if that is the same as any that is recorded. */
function compare(interaction: Interaction, fresh: Take): Change | undefined {
  const changes = interaction.takes
    .filter(({error}) => !error)
    .map(take => {
      const [before, after] = comparableTakes(take, fresh).map(one => sideOf({...interaction, takes: [one]}));
      return (
        before && after && compareInteractions(before, after, {tokens: defaultTokenTolerance, sameEmbedding})
      );
    });
  return changes.some(change => change === undefined) ? undefined : changes[0];
}

/** The lowest similarity of the embeddings in an answer, against the recorded take that is most like it. */
function similarityOf({takes}: Interaction, fresh: Take): number | undefined {
  const vectors = embeddingsOf(fresh);
  if (vectors.length === 0) return undefined;
  const ofTakes = takes
    .map(embeddingsOf)
    .filter(recorded => recorded.length === vectors.length)
    .map(recorded =>
      Math.min(...vectors.map((vector, index) => cosineSimilarity(recorded[index] ?? [], vector))),
    );
  return ofTakes.length > 0 ? Math.max(...ofTakes) : undefined;
}

function embeddingsOf({chunks}: Take): readonly (readonly number[])[] {
  return chunks.flatMap(({chunk}) => (chunk.type === 'embedding' ? [chunk.values] : []));
}

async function ask(
  client: ClientRequest,
  {view, takes}: Interaction,
  {
    upstream: {relay, authorize = given => given},
    signal,
    now = Date.now,
    redactAnswer,
  }: DriftOptions & {
    readonly redactAnswer: (answer: Pick<Take, 'chunks' | 'wire'>) => Pick<Take, 'chunks' | 'wire'>;
  },
): Promise<Take> {
  if (!relay) throw new RetakeError('no_upstream', 'No provider answers');
  const recordedAt = now();
  let fresh: Take | undefined;
  const request: unknown = view;
  const chunks = relay(request as Parameters<typeof relay>[0], {
    client: authorize(client),
    signal,
    warn() {},
  });
  const answer = recordTake(chunks, {
    elapsed: () => now() - recordedAt,
    keep: async ({chunks: all, wire}) => {
      const {askedFor} = takes[0].provenance;
      fresh = {...redactAnswer({chunks: all, wire}), provenance: {recordedAt, askedFor, model: modelOf(all)}};
    },
  });
  for await (const chunk of answer) {
    signal.throwIfAborted();
    if (chunk.type === 'wire-verdict' && chunk.verdict === 'failed' && chunk.reason) throw chunk.reason;
  }
  if (!fresh) throw new RetakeError('internal', 'An answer was not kept');
  return fresh;
}

function modelOf([{chunk}]: Take['chunks']): string {
  return chunk.type === 'reply-start' ? chunk.answeredBy.model : '';
}
