import {fetch} from 'undici';
import type {CassetteKey, MatchingView} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {type ViewComponent, viewComponents} from '../cassette/key/view-components.js';
import type {MissReport} from '../cassette/miss.js';
import {openForReading} from '../cassette/stores/open-cassettes.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {RetakeError} from '../errors.js';
import {createProxy} from '../proxy/create-proxy.js';
import type {ProxyOptions} from '../proxy/proxy-options.js';

/** The outcome of a request, and the reason. */
export type Explanation = {
  readonly outcome: 'hit' | 'miss';
  readonly cassette: string;
  readonly key: CassetteKey;
  readonly question: string;
  /** The error that a client would get instead of a recorded answer. */
  readonly message?: string;
  readonly nearest?: {
    readonly key: CassetteKey;
    readonly question: string;
    readonly differences: readonly string[];
  };
  /** The digest of each part of the request, and of the same part of the nearest recording if there is one. */
  readonly components: readonly ComparedComponent[];
};

export type ComparedComponent = {
  readonly name: string;
  readonly asked?: string;
  readonly recorded?: string;
};

export type ExplainOptions = {
  readonly proxy: Omit<ProxyOptions, 'mode' | 'upstream' | 'onExchange' | 'faults'>;
  readonly path: string;
  readonly body: Uint8Array;
  /** The path of each cassette's file by its name. */
  readonly fileOf: (name: string) => string;
};

/**
 * Sends the request to a proxy of its own in strict replay: nothing is recorded, and no model is asked.
 * @throws RetakeError `invalid_request` when the request would be refused, in the API's own words
 */
export async function explainRequest({
  proxy: options,
  path,
  body,
  fileOf,
}: ExplainOptions): Promise<Explanation> {
  const proxy = await createProxy({...options, mode: 'replay', allowModeOverride: false});
  try {
    const address = await proxy.listen();
    const headers = {'content-type': 'application/json'};
    const response = await fetch(`${address}${path}`, {method: 'POST', body, headers});
    const text = await response.text();
    const key = response.headers.get('x-retake-key');
    const cassette = decodeURIComponent(response.headers.get('x-retake-cassette') ?? '');
    if (key !== null && response.headers.get('x-retake') === 'hit') {
      return await explainHit(fileOf(cassette), cassette, key as CassetteKey);
    }
    const [miss] = (await proxy.verdict()).misses;
    if (miss) return await explainRecordedMiss(miss, fileOf);
    throw new RetakeError(
      'invalid_request',
      `The request is refused with ${response.status}: ${text.trim()}`,
      {
        hint: 'Check the request, or name its API with the option `dialect` or the option `path`.',
      },
    );
  } finally {
    await proxy.close();
  }
}

/** Explains an earlier miss with the current content of the cassette. */
export async function explainRecordedMiss(
  {cassette, key, question, view, message, nearest}: MissReport,
  fileOf: (name: string) => string,
): Promise<Explanation> {
  const other = nearest && (await viewIn(fileOf(cassette), nearest.key));
  return {
    outcome: 'miss',
    cassette,
    key,
    question,
    message,
    ...(nearest && {nearest}),
    components: compareComponents(viewComponents(view), other ? viewComponents(other) : []),
  };
}

async function explainHit(file: string, cassette: string, key: CassetteKey): Promise<Explanation> {
  const view = (await viewIn(file, key)) ?? {};
  const components = viewComponents(view);
  return {
    outcome: 'hit',
    cassette,
    key,
    question: questionOf(view),
    components: compareComponents(components, components),
  };
}

async function viewIn(path: string, key: CassetteKey): Promise<MatchingView | undefined> {
  const cassette = await openForReading(path);
  try {
    return (await cassette.find(key))?.view;
  } finally {
    await cassette.close();
  }
}

function compareComponents(
  asked: readonly ViewComponent[],
  recorded: readonly ViewComponent[],
): readonly ComparedComponent[] {
  const names = [...new Set([...asked, ...recorded].map(({name}) => name))];
  return names.map(name => {
    const [mine, theirs] = [asked, recorded].map(list => list.find(one => one.name === name)?.digest);
    return omitUndefined({name, asked: mine, recorded: theirs});
  });
}
