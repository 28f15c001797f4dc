// The cassette of `npm start`: a copy of the demo in .retake/, which git ignores. What is recorded with it stays from one start to the next
// and leaves the clone unchanged.
import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, readFileSync, renameSync} from 'node:fs';
import process from 'node:process';

const demo = 'cassettes/demo.cassette';
const folder = '.retake';
const copy = `${folder}/demo.cassette`;
/** The demo that the copy was made from. */
const base = `${folder}/demo.base`;

/** The path of the copy, with the recordings of a demo that has changed since. Uses the built command line. */
export function prepareDemoCassette(retake) {
  mkdirSync(folder, {recursive: true});
  if (!existsSync(copy)) {
    replace(base);
    replace(copy);
  } else if (!existsSync(base) || !readFileSync(base).equals(readFileSync(demo))) {
    const merge = ['merge', existsSync(base) ? base : '/dev/null', copy, demo, '--theirs'];
    const {status, stderr} = spawnSync(process.execPath, [retake, ...merge], {encoding: 'utf8'});
    if (status === 0) replace(base);
    else process.stderr.write(`retake: The demo has changed, but ${copy} could not be updated:\n${stderr}`);
  }
  return copy;
}

/** Puts the demo in place of a file, which is never half written. */
function replace(path) {
  copyFileSync(demo, `${path}.draft`);
  renameSync(`${path}.draft`, path);
}
