import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import type {RecordTakesOptions} from '../fixtures/bin/record-takes.js';

const script = fileURLToPath(new URL('../fixtures/bin/record-takes.js', import.meta.url));

/** Starts a process that records into a cassette. */
export function startRecorder(path: string, options: RecordTakesOptions) {
  return execa('node', [script, path, JSON.stringify(options)], {
    reject: false,
    timeout: 60_000,
    stripFinalNewline: false,
  });
}

/** The takes that a recorder has reported as stored; a line truncated by a kill is left out. */
export function reportedTakes(output: string): {question: string; answer: string}[] {
  return output
    .slice(0, output.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [question = '', answer = ''] = line.split('\t');
      return {question, answer};
    });
}
