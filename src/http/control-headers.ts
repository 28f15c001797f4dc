import type {IncomingHttpHeaders} from 'node:http';
import {isMode, type Mode, modes} from '../cassette/modes.js';
import {RetakeError} from '../errors.js';
import type {SessionSettings} from './session-settings.js';

/** The settings of a single request, from its `x-retake-*` headers, its path and its session. */
export type Control = {
  readonly mode: Mode;
  /** The session in which the request is counted. */
  readonly session: string;
  readonly cassette: string | undefined;
};

/**
 * Reads `x-retake-mode`, `x-retake-session` and `x-retake-cassette`. The path may name the cassette and the session too, but not different
 * ones. A session of the control API has a cassette and a mode of its own.
 * @throws RetakeError `mode_not_allowed` if the mode would send a request to the model and the server only replays; `not_found` for a
 * session that has ended
 */
export function readControl(
  headers: IncomingHttpHeaders,
  server: {
    readonly mode: Mode;
    readonly allowModeOverride: boolean;
    readonly pathCassette: string | undefined;
    readonly pathSession?: string | undefined;
    /** The settings of a session that the control API has created. */
    readonly sessionSettings?: ((session: string) => SessionSettings | undefined) | undefined;
  },
): Control {
  const {pathCassette, pathSession} = server;
  const named = single(headers, 'x-retake-cassette');
  if (named !== undefined && pathCassette !== undefined && named !== pathCassette) {
    throw new RetakeError(
      'invalid_request',
      `Expected one cassette, got "${pathCassette}" from the path and "${named}" from the header x-retake-cassette`,
    );
  }
  const session = readSession(single(headers, 'x-retake-session'), pathSession);
  const settings = session === '' ? undefined : server.sessionSettings?.(session);
  const cassette = named ?? pathCassette;
  if (cassette !== undefined && settings?.cassette !== undefined && cassette !== settings.cassette) {
    throw new RetakeError(
      'invalid_request',
      `Expected the cassette "${settings.cassette}" of the session ${session}, got ${JSON.stringify(cassette)}`,
    );
  }
  const mode = readMode(single(headers, 'x-retake-mode'));
  if (mode !== undefined) requireMode(mode, server, `x-retake-mode: ${mode}`);
  return {
    mode: mode ?? settings?.mode ?? server.mode,
    session: settings?.session ?? session,
    cassette: cassette ?? settings?.cassette,
  };
}

/** The server remembers the names of many sessions, so each is short. */
const longestSession = 200;

function readSession(header: string | undefined, path: string | undefined): string {
  if (header !== undefined && path !== undefined && header !== path) {
    throw new RetakeError(
      'invalid_request',
      `Expected one session, got ${JSON.stringify(path.slice(0, longestSession))} from the path and ${JSON.stringify(header.slice(0, longestSession))} from the header x-retake-session`,
    );
  }
  const name = header ?? path ?? '';
  if (name.length <= longestSession) return name;
  const place = header === undefined ? 'the session in the path' : 'the header x-retake-session';
  throw new RetakeError(
    'invalid_request',
    `Expected ${place} to have at most ${longestSession} characters, got ${name.length}`,
  );
}

function readMode(name: string | undefined): Mode | undefined {
  if (name === undefined || isMode(name)) return name;
  throw new RetakeError(
    'invalid_request',
    `Expected the header x-retake-mode to be one of ${Object.keys(modes).join(', ')}, got ${JSON.stringify(name)}`,
  );
}

/** @throws RetakeError `mode_not_allowed` if the mode could ask the model and the server only replays */
export function requireMode(
  mode: Mode,
  server: {readonly mode: Mode; readonly allowModeOverride: boolean},
  asked: string,
): void {
  if (server.mode !== 'replay' || mode === 'replay' || server.allowModeOverride) return;
  throw new RetakeError('mode_not_allowed', `This server only replays: ${asked} is not allowed`, {
    hint: 'To let single requests reach the model, set the option `allowModeOverride`.',
  });
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
