import {randomBytes} from 'node:crypto';
import type {Cassette} from '../../cassette/cassette.js';
import {CassetteMiss} from '../../cassette/miss.js';
import type {Mode} from '../../cassette/modes.js';
import {recentlyUsed} from '../../collections/recently-used.js';
import {RetakeError} from '../../errors.js';
import type {FaultPlan} from '../../faults/fault-plan.js';
import type {Question} from '../../http/exchange.js';
import type {SessionSettings} from '../../http/session-settings.js';
import {createUsage, type Usage} from '../usage.js';

/** A session that the control API has created: usually a test, or the file that its tests are in. */
export type Session = {
  readonly id: string;
  /** What people call it: the name of a test. */
  readonly name: string;
  /** Undefined for the cassette of requests that name none. */
  readonly cassette: string | undefined;
  readonly mode: Mode;
  /** The faults of its requests, and of those of its parts. */
  readonly faults?: FaultPlan | undefined;
  /** The session that this one is a part of. */
  readonly parent: Session | undefined;
  /** The open sessions that are parts of this one. */
  readonly children: Set<Session>;
  readonly usage: Usage;
  /** The errors of its requests other than misses, the first ones. */
  readonly failures: Failure[];
};

export type Failure = {readonly code: string; readonly message: string; readonly hint?: string | undefined};

export type NewSession = Pick<Session, 'name' | 'cassette' | 'mode' | 'faults' | 'parent'> & {
  /** Default: a new one. */
  readonly id?: string | undefined;
};

export type Sessions = {
  readonly size: number;
  create(session: NewSession): Session;
  /** @throws RetakeError `not_found` */
  get(id: string): Session;
  /** The name of a session, also after its end; undefined if there was none, or if it was forgotten. */
  nameOf(id: string): string | undefined;
  /** From now on, its requests are refused. */
  end(session: Session): void;
  /**
   * The settings for the requests of a session; undefined for a name that a client made up. While one test runs in a session, its requests
   * are that test's: so a client that was created before all tests is counted in each.
   * @throws RetakeError `not_found` if the session has ended
   */
  settingsOf(id: string): SessionSettings | undefined;
  /** Counts a request in its session, and in the session that this is a part of. */
  count(question: Question): void;
};

/** Bounds memory in a server whose clients end no session; the least recently used one ends. */
const sessionLimit = 10_000;
const failureLimit = 100;
/** The names of ended sessions, for the list of requests. */
const rememberedNames = 20_000;

export function createSessions({onEnd}: {readonly onEnd: (id: string) => void}): Sessions {
  const sessions = recentlyUsed<string, Session>(sessionLimit, {
    dispose: session => {
      session.parent?.children.delete(session);
      onEnd(session.id);
    },
  });
  const names = recentlyUsed<string, string>(rememberedNames);
  const get = (id: string) => {
    const session = sessions.get(id);
    if (session) return session;
    if (!isSessionId(id)) {
      throw new RetakeError(
        'not_found',
        `There is no session ${JSON.stringify(id.slice(0, 200))} of the control API: its sessions have ids such as s-0123456789abcdef`,
        {
          hint: 'A name in a base URL or in x-retake-session has no verdict. Create a session with POST /_retake/v1/sessions.',
        },
      );
    }
    throw new RetakeError(
      'not_found',
      `The session ${JSON.stringify(id.slice(0, 200))} has ended, or it belongs to another retake`,
      {hint: 'Create a session with POST /_retake/v1/sessions.'},
    );
  };
  return {
    get size() {
      return sessions.size;
    },
    create({id = `s-${randomBytes(8).toString('hex')}`, ...given}) {
      if (sessions.has(id)) {
        throw new RetakeError('invalid_request', `There is a session ${id} already`, {
          hint: 'Leave `id` out, or make a new one at random for each session.',
        });
      }
      const session: Session = {
        ...given,
        id,
        children: new Set(),
        usage: createUsage(),
        failures: [],
      };
      given.parent?.children.add(session);
      sessions.set(session.id, session);
      names.set(session.id, session.name);
      return session;
    },
    get,
    nameOf: id => names.get(id),
    end(session) {
      sessions.delete(session.id);
    },
    settingsOf(id) {
      if (!isSessionId(id)) return undefined;
      let running = get(id);
      while (running.children.size === 1) for (const only of running.children) running = only;
      const {id: session, cassette, mode} = running;
      return {session, cassette, mode, faults: faultsOf(running)};
    },
    count(question) {
      const {session: id, error, isFaulty, announcement} = question;
      const isExpected = isFaulty || announcement?.isErrorTake?.();
      if (id === undefined) return;
      for (let session = sessions.get(id); session; session = session.parent) {
        session.usage.count(question);
        if (!error || isExpected || error instanceof CassetteMiss || error.code === 'client_closed') continue;
        const {code, message, hint} = error;
        if (session.failures.length < failureLimit) session.failures.push({code, message, hint});
      }
    },
  };
}

/** The plan of a session, or of the nearest one that it is a part of. */
function faultsOf({faults, parent}: Session): FaultPlan | undefined {
  return faults ?? (parent && faultsOf(parent));
}

/** The ids that `create` gives; other names are made up by clients, and have no settings. */
function isSessionId(id: string): boolean {
  return /^s-[0-9a-f]{16}$/.test(id);
}

/** Makes a verdict list the takes of a cassette that no request has asked for yet. */
export async function includeCassette(
  usage: Usage,
  name: string | undefined,
  cassettes: {names(): Promise<string[]>; get(name?: string): Promise<Cassette>},
): Promise<void> {
  const isStored = name === undefined || (await cassettes.names()).includes(name);
  if (!isStored) return;
  try {
    usage.include(await cassettes.get(name));
  } catch (error) {
    // Without a name, there may be no default cassette: then no take of it is unused.
    if (!(error instanceof RetakeError && error.code === 'no_cassette')) throw error;
  }
}
