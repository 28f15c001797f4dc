import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';

const keptLines = 60;

/** The last lines of an engine's output, read as they arrive so that the engine never blocks on a full pipe. */
export type EngineLog = {
  /** Call it when the engine is ready: the errors that it logs from now on belong to requests. */
  markReady(): void;
  /** The line that explains best why the engine ended, without the log prefix; empty if there is none. */
  reason(): string;
  text(): string;
};

export function engineLog(stream: Readable): EngineLog {
  const lines: string[] = [];
  let isReady = false;
  createInterface({input: stream}).on('line', line => {
    lines.push(line.slice(0, 1000));
    if (lines.length > keptLines) lines.shift();
  });
  return {
    markReady() {
      isReady = true;
      lines.length = 0;
    },
    reason() {
      // While loading, the first error causes the others. Later only a crash ends the engine, whose message has no log prefix.
      const line = isReady
        ? lines.findLast(text => !logPrefix.test(text) && hasErrorWord(text))
        : (lines.find(isError) ?? lines.findLast(text => text.trim() !== ''));
      return withoutPrefix(line ?? '');
    },
    text: () => lines.join('\n'),
  };
}

/** llama.cpp's log line: time, level, module and function, text. */
const logPrefix = /^[\d.]+ (?<level>[A-Z]) +/;

function isError(line: string): boolean {
  const level = logPrefix.exec(line)?.groups?.['level'];
  return level === undefined ? hasErrorWord(line) : level === 'E';
}

function hasErrorWord(line: string): boolean {
  return /error|failed|cannot|abort|assert|exception|terminate/i.test(line);
}

function withoutPrefix(line: string): string {
  return line
    .replace(logPrefix, '')
    .replace(/^error: */i, '')
    .trim();
}
