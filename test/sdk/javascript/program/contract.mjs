// Shared by all programs of the contract tests: sends the requests of asked.json, and prints one line of JSON for each case.
import {AsyncLocalStorage} from 'node:async_hooks';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';

const {RETAKE_ASKED, RETAKE_CASES, RETAKE_ONLY, RETAKE_PLAYED_URL, RETAKE_SCRIPTED_URL} = process.env;

export const asked = JSON.parse(readFileSync(RETAKE_ASKED, 'utf8'));

/** An attachment. */
export function readAsked(name) {
  const path = join(dirname(RETAKE_ASKED), asked[name].file);
  return {path, base64: readFileSync(path).toString('base64')};
}

/** The current case: SDKs run in parallel, because they spend much time waiting between retries. */
const current = new AsyncLocalStorage();

/** The base URL for the current case. Cases whose requests are counted have separate URLs. */
export function address() {
  const {sdk, name} = current.getStore();
  const own = `@${name.replaceAll(' ', '-')}.${sdk}`;
  if (name === 'a miss') return `${RETAKE_PLAYED_URL}/${own}`;
  const isScripted = /failure|abort/.test(name);
  return isScripted ? `${RETAKE_SCRIPTED_URL}/${own}` : `${RETAKE_PLAYED_URL}/@sdk`;
}

/** Runs the cases of an SDK in sequence. A case returns the results that an application sees. */
export async function runCases(sdk, packageName, cases) {
  if (RETAKE_ONLY && RETAKE_ONLY !== sdk) return;
  const version = versionOf(packageName);
  for (const [name, see] of Object.entries(cases)) {
    if (RETAKE_CASES && !RETAKE_CASES.split(',').includes(name)) continue;
    let outcome;
    try {
      outcome = {status: 'passed', seen: await current.run({sdk, name}, see)};
    } catch (error) {
      outcome = {status: 'failed', detail: String(error?.stack ?? error)};
    }
    console.log(JSON.stringify({sdk, version, case: name, ...outcome}));
  }
}

/** The details of an SDK error that an application can read. */
export async function seeError(ask) {
  try {
    await ask();
  } catch (error) {
    const raised = error.lastError ?? error;
    return {raised: nameOf(raised), status: statusOf(raised) ?? null};
  }
  throw new Error('Expected an error, but an answer came');
}

/** Calls `onText` with each text in order. The result has the error that ends them and the texts before it. */
export async function seeBrokenStream(readAll) {
  let text = '';
  const error = await seeError(() =>
    readAll(piece => {
      text += piece;
    }),
  );
  return {text, ...error};
}

/** Reads until the first text, then aborts: the stream must end, and need not raise. */
export async function seeAbort(readAll) {
  const leaving = new AbortController();
  let text = '';
  try {
    await readAll(leaving.signal, piece => {
      text += piece;
      leaving.abort();
    });
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  }
  return {text};
}

function nameOf(error) {
  const name = error.constructor.name;
  return name === 'Error' || name.startsWith('_') ? (error.name ?? name) : name;
}

function statusOf(error) {
  return error.status ?? error.statusCode ?? error.cause?.status;
}

function versionOf(packageName) {
  for (const folder of createRequire(import.meta.url).resolve.paths(packageName)) {
    try {
      return JSON.parse(readFileSync(join(folder, packageName, 'package.json'), 'utf8')).version;
    } catch {
      // Not in this folder: try its parent.
    }
  }
  throw new Error(`${packageName} is not installed`);
}
