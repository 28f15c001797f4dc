import type {IncomingHttpHeaders} from 'node:http';
import {isMode, type Mode, modes} from '../cassette/modes.js';
import {RetakeError} from '../errors.js';

/** What a client may say of a single request by headers of ours. */
export type Control = {readonly mode: Mode; readonly session: string; readonly cassette: string | undefined};

/**
 * Reads `x-retake-mode`, `x-retake-session` and `x-retake-cassette`; a cassette named by the path wins over none, not over another.
 * @throws RetakeError `mode_not_allowed` when strict replay would become a live call without the server's leave.
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
      `The path chooses the cassette "${server.pathCassette}" and the header x-retake-cassette "${named}"; expected one of them`,
    );
  }
  return {
    mode: readMode(single(headers, 'x-retake-mode'), server),
    session: single(headers, 'x-retake-session') ?? '',
    cassette: named ?? server.pathCassette,
  };
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
      `This server replays strictly; x-retake-mode: ${name} is not allowed`,
      {
        hint: 'Set the option `allowModeOverride` to let single requests ask the model.',
      },
    );
  }
  return name;
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
