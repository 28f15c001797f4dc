import type {IncomingHttpHeaders} from 'node:http';
import {isMode, type Mode, modes} from '../cassette/modes.js';
import {RetakeError} from '../errors.js';

/** The settings of a single request, from its `x-retake-*` headers. */
export type Control = {readonly mode: Mode; readonly session: string; readonly cassette: string | undefined};

/**
 * Reads `x-retake-mode`, `x-retake-session` and `x-retake-cassette`. The path may name the cassette too, but not a different one.
 * @throws RetakeError `mode_not_allowed` if the mode would send a request to the model and the server only replays.
 */
export function readControl(
  headers: IncomingHttpHeaders,
  server: {
    readonly mode: Mode;
    readonly allowModeOverride: boolean;
    readonly pathCassette: string | undefined;
  },
): Control {
  const named = single(headers, 'x-retake-cassette');
  if (named !== undefined && server.pathCassette !== undefined && named !== server.pathCassette) {
    throw new RetakeError(
      'invalid_request',
      `Expected one cassette, got "${server.pathCassette}" from the path and "${named}" from the header x-retake-cassette`,
    );
  }
  return {
    mode: readMode(single(headers, 'x-retake-mode'), server),
    session: readSession(single(headers, 'x-retake-session')),
    cassette: named ?? server.pathCassette,
  };
}

/** The server remembers the names of many sessions, so each is short. */
const longestSession = 200;

function readSession(name = ''): string {
  if (name.length <= longestSession) return name;
  throw new RetakeError(
    'invalid_request',
    `Expected the header x-retake-session to have at most ${longestSession} characters, got ${name.length}`,
  );
}

function readMode(name: string | undefined, server: {mode: Mode; allowModeOverride: boolean}): Mode {
  if (name === undefined) return server.mode;
  if (!isMode(name)) {
    throw new RetakeError(
      'invalid_request',
      `Expected the header x-retake-mode to be one of ${Object.keys(modes).join(', ')}, got ${JSON.stringify(name)}`,
    );
  }
  if (server.mode === 'replay' && name !== 'replay' && !server.allowModeOverride) {
    throw new RetakeError(
      'mode_not_allowed',
      `This server only replays: x-retake-mode: ${name} is not allowed`,
      {
        hint: 'To let single requests reach the model, set the option `allowModeOverride`.',
      },
    );
  }
  return name;
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
