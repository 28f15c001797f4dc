import {fetch} from 'undici';
import type {Cassette} from '../cassette/cassette.js';
import type {CassetteKey, MatchingView} from '../cassette/key/key.js';
import {namesToken, tokenPattern} from '../cassette/key/known-ids.js';
import {questionOf} from '../cassette/key/question.js';
import {type ViewComponent, viewComponents} from '../cassette/key/view-components.js';
import type {MissReport, ReplacedId} from '../cassette/miss.js';
import {recordedIdsOf} from '../cassette/replay/recorded-ids.js';
import {openForReading} from '../cassette/stores/open-cassettes.js';
import {stringifyJson} from '../chat/json.js';
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
  /** The ids of a provider that tokens stand for in the key. */
  readonly ids?: readonly ReplacedId[] | undefined;
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
  {cassette, key, question, view, message, nearest, ids}: MissReport,
  fileOf: (name: string) => string,
): Promise<Explanation> {
  const other = nearest && (await viewIn(fileOf(cassette), nearest.key));
  return omitUndefined({
    outcome: 'miss' as const,
    cassette,
    key,
    question,
    message,
    nearest,
    components: compareComponents(viewComponents(view), other ? viewComponents(other) : []),
    ids,
  });
}

async function explainHit(file: string, cassette: string, key: CassetteKey): Promise<Explanation> {
  const opened = await openForReading(file);
  try {
    const view = (await opened.find(key))?.view ?? {};
    const components = viewComponents(view);
    const ids = namesToken(view) ? await idsIn(view, opened) : undefined;
    return omitUndefined({
      outcome: 'hit' as const,
      cassette,
      key,
      question: questionOf(view),
      components: compareComponents(components, components),
      ids,
    });
  } finally {
    await opened.close();
  }
}

/** The recorded ids of the objects that a view names. */
async function idsIn(view: MatchingView, cassette: Cassette): Promise<readonly ReplacedId[]> {
  const tokens = new Set(stringifyJson(view).match(tokenPattern));
  const known = (await recordedIdsOf(cassette))?.all() ?? [];
  return known.filter(({token}) => tokens.has(token)).map(({id, token, origin}) => ({id, token, origin}));
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
