import {Type} from '@sinclair/typebox';
import {questionOf} from '../../cassette/key/question.js';
import type {Announcement} from '../../cassette/replay/cassette-context.js';
import {withProviderWords} from '../../cassette/replay/error-take.js';
import type {TakeAnswer} from '../../cassette/take.js';
import {withoutParts} from '../../chat/answer-parts.js';
import type {AnswerChunk} from '../../chat/chunk.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {rawRequestOf} from '../../chat/raw-request.js';
import {type Answer, foldAnswer, foldRecorded} from '../../chat/reply.js';
import type {RawRequest} from '../../chat/request.js';
import {type ClientRequest, isWireChunk, type StreamedChunk} from '../../chat/wire.js';
import {RetakeError, toRetakeError} from '../../errors.js';
import {requireMode} from '../../http/control-headers.js';
import type {AskedQuestion} from '../../http/exchange.js';
import type {RingEntry} from './exchange-ring.js';
import {storedKey} from './questions.js';
import {type ControlRequest, type ControlRoute, type ControlServices, route} from './route.js';
import {
  ExchangeDetails,
  ExchangePage,
  type ExchangeSummary,
  OutcomeName,
  RecordedExchange,
} from './schemas.js';
import {missAnswer} from './verdict-answer.js';

/** Names of filters, and the member of an exchange that each compares. */
const filters = ['outcome', 'session', 'cassette', 'dialect'] as const;

export const exchangeRoutes: readonly ControlRoute[] = [
  route({
    method: 'GET',
    path: '/exchanges',
    summary: 'List the last requests and their outcomes; follow them live as server-sent events',
    query: {
      limit: Type.Integer({minimum: 1, maximum: 1000, default: 100}),
      before: Type.String({description: 'The id of an exchange: older ones are listed.'}),
      outcome: OutcomeName,
      session: Type.String(),
      cassette: Type.String(),
      dialect: Type.String(),
    },
    status: 200,
    answer: ExchangePage,
    isFollowed: true,
    errors: [400],
    handle: ({services, query}) => listExchanges(services, query),
  }),
  route({
    method: 'GET',
    path: '/exchanges/{id}',
    summary: 'Get a request with its answer, or with the explanation of its miss',
    status: 200,
    answer: ExchangeDetails,
    errors: [404],
    handle: ({services, params}) => describeEntry(services, findExchange(services, params['id'])),
  }),
  route({
    method: 'POST',
    path: '/exchanges/{id}/record',
    summary: 'Send a request that had no recording to the model, and record the answer',
    status: 200,
    answer: RecordedExchange,
    errors: [400, 401, 403, 404, 429, 501, 502, 503, 504],
    handle: request => record(request, findExchange(request.services, request.params['id'])),
  }),
];

async function listExchanges(services: ControlServices, query: URLSearchParams) {
  const limit = Number(query.get('limit') ?? 100);
  const matches = exchangeFilter(query);
  const before = query.get('before');
  const page: RingEntry[] = [];
  let hasMore = false;
  for (const entry of services.exchanges.newest(before === null ? undefined : numberOf(before))) {
    if (!matches(entry)) continue;
    hasMore = page.length === limit;
    if (hasMore) break;
    page.push(entry);
  }
  const last = page.at(-1);
  const summaries = await Promise.all(page.map(entry => summaryOf(services, entry)));
  return {exchanges: summaries, next: hasMore && last ? String(last.number) : null};
}

/** Whether an exchange is one of those that the query asks for. */
export function exchangeFilter(query: URLSearchParams): (entry: RingEntry) => boolean {
  const wanted = filters.flatMap(name => {
    const value = query.get(name);
    return value === null ? [] : [{name, value}];
  });
  return ({exchange}) => wanted.every(({name, value}) => exchange[name] === value);
}

export async function summaryOf(
  {exchanges, sessions}: Pick<ControlServices, 'exchanges' | 'sessions'>,
  entry: RingEntry,
): Promise<ExchangeSummary> {
  const {number, endedAt, exchange} = entry;
  const {warnings, ...others} = exchange;
  const question = await exchanges.questionOf(entry);
  const sessionName = exchange.session === undefined ? undefined : sessions.nameOf(exchange.session);
  return {
    ...omitUndefined({id: String(number), endedAt, question, sessionName, ...others}),
    warnings: [...warnings],
  };
}

/** @throws RetakeError `not_found` */
export function findExchange({exchanges}: Pick<ControlServices, 'exchanges'>, id = ''): RingEntry {
  const entry = exchanges.get(numberOf(id));
  if (entry) return entry;
  throw new RetakeError(
    'not_found',
    `There is no exchange ${JSON.stringify(id.slice(0, 100))}, or it was too long ago`,
    {hint: 'retake remembers the last 10,000 requests: list them with GET /_retake/v1/exchanges.'},
  );
}

/** The number in an id; one that no exchange has for anything else. */
function numberOf(id: string): number {
  return /^[1-9]\d{0,15}$/.test(id) ? Number(id) : 0;
}

async function describeEntry(services: ControlServices, entry: RingEntry) {
  const miss = services.exchanges.missOf(entry.number)?.report;
  const exchange = await summaryOf(services, entry);
  if (miss) {
    return {exchange, question: miss.question, request: miss.view as unknown, miss: missAnswer(miss)};
  }
  const {announcement} = entry;
  const interaction = announcement && (await announcement.cassette.find(storedKey(announcement)));
  if (!interaction) return {exchange};
  const index = takeIndex(announcement, interaction.takes);
  const take = index === undefined ? undefined : interaction.takes[index];
  return omitUndefined({
    exchange,
    question: questionOf(interaction.view),
    request: interaction.view as unknown,
    answer: take && answerOfTake(take),
    take: index === undefined ? undefined : index + 1,
  });
}

/** Which take an exchange got: it is told by its time, because takes may have been added or removed since. */
export function takeIndex(
  {outcome, recordedAt}: Announcement,
  takes: readonly {readonly provenance: {readonly recordedAt: number}}[],
): number | undefined {
  if (outcome !== 'hit' && outcome !== 'recorded') return undefined;
  const index = takes.findIndex(({provenance}) => provenance.recordedAt === recordedAt);
  return index === -1 ? undefined : index;
}

export function answerOf(answer: Answer): unknown {
  return withoutParts(answer);
}

/** The answer of a take; that of an error has it as a member, and nothing else. */
export function answerOfTake({chunks, error}: TakeAnswer): unknown {
  return omitUndefined({...withoutParts(foldRecorded(chunks.map(({chunk}) => chunk))), error});
}

/** @throws RetakeError `mode_not_allowed`, `not_found` if the request is not in memory, or an error of the upstream */
async function record({services, signal}: ControlRequest, {number, exchange}: RingEntry) {
  if (exchange.error?.code !== 'cassette_miss') {
    throw new RetakeError('invalid_request', `The exchange ${number} is not a request without a recording`, {
      hint: 'Only a miss can be recorded: list them with GET /_retake/v1/exchanges?outcome=miss.',
    });
  }
  requireMode('auto', services, 'to record a request');
  const miss = services.exchanges.missOf(number);
  if (!miss?.asked) {
    throw new RetakeError('not_found', `The request of the exchange ${number} is no longer in memory`, {
      hint: 'Send it again in mode `auto`.',
    });
  }
  const {request, modelName} = miss.asked;
  const client = clientWithKey(services, miss.asked);
  if (services.hasProvider && !client) {
    throw new RetakeError(
      'not_supported',
      `retake has no key of its own for the provider, and does not remember the client's`,
      {hint: keyHint},
    );
  }
  let announced: Announcement | undefined;
  const chunks = services.chat(request, {
    mode: 'auto',
    session: recordingSession,
    cassette: miss.report.cassette,
    modelName,
    signal,
    client,
    raw: client && (() => rawRequestOfClient(client)),
    announce: announcement => {
      announced = announcement;
    },
    onEnd: () => {},
  });
  const answer = await foldAnswer(withoutBytes(chunks)).catch(error => {
    throw withProviderWords(toRetakeError(error));
  });
  const outcome = announced?.outcome === 'hit' ? 'hit' : 'recorded';
  const key = announced ? storedKey(announced) : miss.report.key;
  return {outcome, cassette: miss.report.cassette, key, answer: answerOf(answer)};
}

/** How a request without a recording gets to a provider. */
export const keyHint =
  'Start retake with the key in RETAKE_OPENAI_API_KEY, RETAKE_ANTHROPIC_API_KEY or RETAKE_GEMINI_API_KEY, or send the request again in mode `auto`.';

/** A missed request as the client sent it, with retake's own key for its provider; undefined if retake has none. */
export function clientWithKey(
  {authorize}: Pick<ControlServices, 'authorize'>,
  {client}: AskedQuestion,
): ClientRequest | undefined {
  const authorized = client && authorize?.(client);
  return authorized?.ownKey === undefined ? undefined : authorized;
}

function rawRequestOfClient({form, method, path, query, headers, bytes}: ClientRequest): RawRequest {
  const type = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  return rawRequestOf({
    ...{api: form.dialect, method, path, bytes},
    query: new URLSearchParams(query),
    contentType: type < 0 ? undefined : headers[type + 1],
  });
}

async function* withoutBytes(chunks: AsyncIterable<StreamedChunk>): AsyncIterable<AnswerChunk> {
  for await (const chunk of chunks) if (!isWireChunk(chunk)) yield chunk;
}

/** The session in which requests are recorded from here: the positions of other sessions stay as they are. */
const recordingSession = 'retake control API';
