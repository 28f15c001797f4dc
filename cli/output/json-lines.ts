import type {Config} from '../../src/config/load-config.js';
import {optionsAsFlags} from '../../src/config/option-flags.js';
import type {ProxyStatus} from '../../src/proxy/retake-proxy.js';
import type {ConsoleLines} from './console-lines.js';
import {printable} from './printable.js';

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

/** A sentence that is printed before there is a server, in the format of its log. */
export function noticeLine(sentence: string, {log}: Pick<Config, 'log'>): string {
  return log === 'json'
    ? jsonLine({event: 'notice', message: optionsAsFlags(sentence)})
    : `retake: ${printable(optionsAsFlags(sentence))}`;
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
