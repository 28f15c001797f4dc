import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';

const keptLines = 60;

/** The end of what an engine printed, read as it comes so that the engine never waits for a full pipe. */
export type EngineLog = {
  /** From now on the engine answers, and what it logs as errors are those of requests. */
  markReady(): void;
  /** The line that says best why the engine ended, without the log's own prefix; empty when none does. */
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
      // Loading fails at its first error, and the rest follows from it. Later only a crash ends the engine, which is not logged but printed.
      const telling = isReady
        ? lines.findLast(line => !logPrefix.test(line) && soundsBad(line))
        : (lines.find(isError) ?? lines.findLast(line => line.trim() !== ''));
      return withoutPrefix(telling ?? '');
    },
    text: () => lines.join('\n'),
  };
}

/** llama.cpp's log line: time, level, module and function, text. */
const logPrefix = /^[\d.]+ (?<level>[A-Z]) +/;

function isError(line: string): boolean {
  const level = logPrefix.exec(line)?.groups?.['level'];
  return level === undefined ? soundsBad(line) : level === 'E';
}

function soundsBad(line: string): boolean {
  return /error|failed|cannot|abort|assert|exception|terminate/i.test(line);
}

function withoutPrefix(line: string): string {
  return line
    .replace(logPrefix, '')
    .replace(/^error: */i, '')
    .trim();
}
