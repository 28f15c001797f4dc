import {resolve} from 'node:path';
import {Command} from 'commander';
import {concealPassword, isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {copyCassettes} from '../../src/operations/copy-cassettes.js';
import type {DefineCommand} from '../input/invocation.js';
import {openConsoleLines} from '../output/console-lines.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {shortPath} from '../output/short-path.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = ({directory}) =>
  new Command('copy')
    .argument('<from>', 'Cassette file, folder, or postgres:// address')
    .argument('<to>', 'Cassette file, folder, or postgres:// address')
    .option('--filter <text>', 'Copy only interactions whose request contains this text (case-sensitive)')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (from: string, to: string, {filter, json}: CopyFlags) => {
      const place = (text: string) =>
        isStoreAddress(text) ? concealPassword(text) : resolve(directory, text);
      const lines = await openConsoleLines();
      const begin = performance.now();
      const cassettes = await copyCassettes({
        from: place(from),
        to: place(to),
        filter,
        onProgress({cassette, copied, total}) {
          if (performance.now() - begin < quietMilliseconds || copied % progressStep !== 0) return;
          lines.progress(`Copying ${printableLine(cassette)}: ${copied} of ${total} interactions`);
        },
      }).finally(() => lines.clearProgress());
      const shown = cassettes.map(one => ({
        ...one,
        from: shortPath(one.from, directory),
        to: shortPath(one.to, directory),
      }));
      if (json) writeJson({version: 1, cassettes: shown});
      else process.stdout.write(shown.map(describe).join(''));
    });

type CopyFlags = {readonly filter?: string; readonly json?: true};

/** A short copy shows no progress. */
const quietMilliseconds = 1000;
const progressStep = 100;

function describe(copied: {from: string; to: string; interactions: number; takes: number}): string {
  const {from, to, interactions, takes} = copied;
  return `${printableLine(from)} → ${printableLine(to)}: ${countOf(interactions, 'interaction')}, ${countOf(takes, 'take')}\n`;
}

const examples = `
Adds the recordings of the first cassette to the second. Recordings that are
there already stay, so an interrupted copy can be repeated.

Examples:
  $ retake copy cassettes postgres://retake@db/retake
  $ retake copy 'postgres://retake@db/retake?cassette=login' login.cassette
  $ retake copy cassettes/all.cassette invoices.cassette --filter invoice`;
