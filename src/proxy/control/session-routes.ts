import {setImmediate as nextTurn} from 'node:timers/promises';
import {invalidName, isCassetteName} from '../../cassette/cassette-name.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {RetakeError} from '../../errors.js';
import {createFaultPlan, type FaultPlan} from '../../faults/fault-plan.js';
import {requireMode} from '../../http/control-headers.js';
import {type ControlRequest, type ControlRoute, type ControlServices, route} from './route.js';
import {NewSessionBody, SessionAnswer, SessionVerdict} from './schemas.js';
import {includeCassette, type Session} from './sessions.js';
import {verdictAnswer} from './verdict-answer.js';

export const sessionRoutes: readonly ControlRoute[] = [
  route({
    method: 'POST',
    path: '/sessions',
    summary: 'Create a session, and get its base URLs',
    body: NewSessionBody,
    status: 201,
    answer: SessionAnswer,
    errors: [400, 403, 404],
    handle: ({services, address}, body) => describeSession(createSession(services, body), services, address),
  }),
  route({
    method: 'GET',
    path: '/sessions/{id}',
    summary: 'Get the outcome of a session’s requests so far',
    status: 200,
    answer: SessionVerdict,
    errors: [404],
    handle: ({services, params}) => judge(services, services.sessions.get(params['id'] ?? '')),
  }),
  route({
    method: 'DELETE',
    path: '/sessions/{id}',
    summary: 'End a session, and get the outcome of its requests',
    status: 200,
    answer: SessionVerdict,
    errors: [404],
    async handle({services, params}) {
      const session = services.sessions.get(params['id'] ?? '');
      const verdict = await judge(services, session);
      services.sessions.end(session);
      return verdict;
    },
  }),
];

function createSession(services: ControlServices, body: NewSessionBody): Session {
  const parent = body.parent === undefined ? undefined : services.sessions.get(body.parent);
  if (parent?.cassette !== undefined && (body.cassette ?? parent.cassette) !== parent.cassette) {
    throw new RetakeError(
      'invalid_request',
      `Expected the cassette of the parent session, ${JSON.stringify(parent.cassette)}, got ${JSON.stringify(body.cassette)}`,
      {hint: 'Leave `cassette` out: a session that is a part of another one has its cassette.'},
    );
  }
  const cassette = body.cassette ?? parent?.cassette;
  if (cassette !== undefined && !isCassetteName(cassette)) throw invalidName(cassette);
  const mode = body.mode ?? parent?.mode ?? services.mode;
  requireMode(mode, services, `a session in mode ${mode}`);
  const faults = body.faults && planOf(body.faults, services);
  services.noteCassette(cassette);
  return services.sessions.create({id: body.id, name: body.name, cassette, mode, faults, parent});
}

function planOf(faults: NonNullable<NewSessionBody['faults']>, {dialects}: ControlServices): FaultPlan {
  const rules = faults.map(given => (typeof given === 'string' ? {fault: given} : given));
  return createFaultPlan(rules, {
    ...{subject: '`faults`', code: 'invalid_request'},
    apis: dialects.map(({name}) => name),
  });
}

function describeSession(
  {id, name, cassette, mode}: Session,
  {dialects}: ControlServices,
  address: ControlRequest['address'],
): SessionAnswer {
  const url = `${address}/@${encodeURIComponent(cassette ?? '')};session=${id}`;
  const environment = Object.assign({}, ...dialects.map(({clientVariables}) => clientVariables(url, {})));
  return {
    id,
    name,
    cassette: cassette ?? null,
    mode,
    urls: {gemini: url, openai: `${url}/v1`, anthropic: url},
    environment,
  };
}

async function judge({cassettes}: ControlServices, session: Session): Promise<SessionVerdict> {
  // The end of a response that its client has just read may be counted within this turn.
  await nextTurn();
  await includeCassette(session.usage, session.cassette, cassettes);
  const {id, name, cassette, mode, usage, failures} = session;
  return {
    id,
    name,
    cassette: cassette ?? null,
    mode,
    verdict: verdictAnswer(await usage.verdict()),
    failures: failures.map(failure => omitUndefined(failure)),
  };
}
