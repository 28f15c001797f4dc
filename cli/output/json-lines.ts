import type {ProxyStatus} from '../../src/proxy/retake-proxy.js';
import type {ConsoleLines} from './console-lines.js';

/** Lines for people as JSON objects of a log, one a line. */
export function jsonLines(lines: ConsoleLines): ConsoleLines {
  const eventOf = (event: string) => (message: string) =>
    jsonLine({event, message: message.replace(/^retake: /, '')});
  const notice = eventOf('notice');
  const progress = eventOf('progress');
  return {
    print: line => lines.print(notice(line)),
    progress: text => lines.progress(progress(text)),
    clearProgress: () => lines.clearProgress(),
  };
}

/** The first line of a JSON log. */
export function listeningLine(address: string, status: ProxyStatus): string {
  return jsonLine({
    event: 'listening',
    message: `retake listens on ${address} in mode ${status.mode}`,
    address,
    ...status,
  });
}

/** One line of a log for programs: `event` names its kind. */
export function jsonLine(members: {readonly event: string; readonly [name: string]: unknown}): string {
  return JSON.stringify({time: new Date().toISOString(), ...members});
}
