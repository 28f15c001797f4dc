import {createInterface} from 'node:readline/promises';
import type {Config} from '../../src/config/load-config.js';
import type {CatalogueName} from '../../src/upstream/local/models/model-catalogue.js';

/** The models of the catalogue, with what they cost. */
const offers = [
  {name: 'gemma3-270m', cost: '0.3 GB to download, 1 GB of memory; fast, for a first try'},
  {name: 'gemma3-4b', cost: '3.3 GB to download, 5 GB of memory'},
  {name: 'gemma3-12b', cost: '8.2 GB to download, 10 GB of memory'},
] as const satisfies readonly {readonly name: CatalogueName; readonly cost: string}[];

/** The value of the setting `upstream` that names the APIs themselves. */
const provider = 'provider';

const defaultOffer = offers[1];

/** Whether no flag, variable or file says what answers requests without a recording. */
export function isModelUnchosen({model, modelUrl, upstream}: Config): boolean {
  return model === undefined && modelUrl === undefined && upstream === undefined;
}

/** Asks on the terminal which model to use, until the answer is one. */
export async function chooseModel(config: Config): Promise<Config> {
  const terminal = createInterface({input: process.stdin, output: process.stderr});
  process.stderr.write(`${question}\n`);
  try {
    for (;;) {
      const answer = (await terminal.question(`Answer (2): `)).trim() || '2';
      const offer = offers.find(({name}, index) => answer === String(index + 1) || answer === name);
      if (offer) return {...config, model: offer.name};
      if (answer === provider) return {...config, upstream: provider};
      if (/^https?:\/\/\S+$/.test(answer)) return {...config, upstream: answer};
      process.stderr.write(
        `Expected a number from 1 to ${offers.length}, ${provider}, or an address with http://\n`,
      );
    }
  } finally {
    terminal.close();
  }
}

const question = [
  'There are no recordings yet. Which model answers new requests?',
  ...offers.map(({name, cost}, index) => `  ${index + 1}  ${name.padEnd(12)} ${cost}`),
  `  or ${provider}: the real API of each request, asked with your own key`,
  '  or the address of an OpenAI-compatible server, such as http://localhost:8000',
  'To keep the choice, set `model` or `upstream` in retake.config.json.',
].join('\n');

/** For a run without a terminal. */
export function describeDefaultModel(): string {
  return `retake: No model was chosen, so ${defaultOffer.name} answers new requests (${defaultOffer.cost}). Choose another one with --model or --upstream.\n`;
}
