import {Type} from '@sinclair/typebox';
import type {Interaction} from '../../cassette/cassette.js';
import {questionOf} from '../../cassette/key/question.js';
import {RetakeError} from '../../errors.js';
import {packageVersion} from '../../version.js';
import {answerOfTake} from './exchange-routes.js';
import {type ControlRoute, type ControlServices, route} from './route.js';
import {CassetteList, InteractionPage, Status, VerdictAnswer} from './schemas.js';
import {verdictAnswer} from './verdict-answer.js';

export const statusRoutes: readonly ControlRoute[] = [
  route({
    method: 'GET',
    path: '/status',
    summary: 'Get the mode, the cassettes and the state of the upstream',
    status: 200,
    answer: Status,
    errors: [],
    handle: ({services}) => ({
      version: packageVersion(),
      ...services.status(),
      sessions: services.sessions.size,
      exchanges: services.exchanges.count,
    }),
  }),
  route({
    method: 'GET',
    path: '/verdict',
    summary: 'Get the outcome of all requests since the start, and the unused takes of all cassettes in use',
    status: 200,
    answer: VerdictAnswer,
    errors: [],
    handle: async ({services}) => verdictAnswer(await services.verdict()),
  }),
];

export const cassetteRoutes: readonly ControlRoute[] = [
  route({
    method: 'GET',
    path: '/cassettes',
    summary: 'List the cassettes',
    status: 200,
    answer: CassetteList,
    errors: [],
    handle: async ({services}) => ({
      cassettes: (await services.cassettes.names()).map(name => ({name})),
    }),
  }),
  route({
    method: 'GET',
    path: '/cassettes/{name}/interactions',
    summary: 'List the recorded requests of a cassette with their answers',
    query: {
      limit: Type.Integer({minimum: 1, maximum: 1000, default: 100}),
      after: Type.String({description: 'The key of an interaction: those behind it are listed.'}),
    },
    status: 200,
    answer: InteractionPage,
    errors: [400, 404],
    handle: ({services, params, query}) => listInteractions(services, params['name'] ?? '', query),
  }),
];

async function listInteractions({cassettes}: ControlServices, name: string, query: URLSearchParams) {
  const names = await cassettes.names();
  if (!names.includes(name)) {
    throw new RetakeError('not_found', `There is no cassette ${JSON.stringify(name.slice(0, 100))}`, {
      hint:
        names.length === 0 ? 'There are no cassettes yet.' : `There are: ${names.slice(0, 20).join(', ')}`,
    });
  }
  const cassette = await cassettes.get(name);
  const limit = Number(query.get('limit') ?? 100);
  const after = query.get('after') ?? '';
  const page: ReturnType<typeof describeInteraction>[] = [];
  let hasMore = false;
  for await (const {key} of cassette.views()) {
    if (key <= after) continue;
    hasMore = page.length === limit;
    if (hasMore) break;
    const interaction = await cassette.find(key);
    if (interaction) page.push(describeInteraction(interaction));
  }
  return {cassette: name, interactions: page, next: hasMore ? (page.at(-1)?.key ?? null) : null};
}

function describeInteraction({key, view, takes}: Interaction) {
  return {
    key: String(key),
    question: questionOf(view),
    request: view as unknown,
    takes: takes.map(({provenance: {recordedAt, model}, ...answer}, index) => ({
      take: index + 1,
      recordedAt,
      model,
      answer: answerOfTake(answer),
    })),
  };
}
