import {createServer} from 'node:net';
import {execa} from 'execa';
import {cassetteFilesAt} from '../cassette/file/cassette-files-at.js';
import {modes} from '../cassette/modes.js';
import {isStoreAddress} from '../cassette/postgres/store-address.js';
import {cassettesOfStore, openForReading} from '../cassette/stores/open-cassettes.js';
import type {Config} from '../config/load-config.js';
import {managedOptions, upstreamOptions} from '../config/upstream-options.js';
import {createRasterizer} from '../documents/rasterizer.js';
import {toRetakeError} from '../errors.js';
import {describeModel} from '../upstream/local/models/describe-model.js';
import {findPython} from '../upstream/local/set-up/find-python.js';
import {findSetUp} from '../upstream/local/set-up/set-up.js';
import {openUpstream} from '../upstream/open-upstream.js';
import {knownProviders} from '../upstream/providers/provider-address.js';
import {reachProvider} from '../upstream/providers/reach-provider.js';

/** What was checked, what was found, and what to do about it. */
export type Finding = {
  readonly subject: string;
  /** `warn`: something is fetched, or missed, only when it is needed. `missing`: serving as configured cannot work. */
  readonly verdict: 'ok' | 'warn' | 'missing';
  readonly found: string;
  readonly advice?: string | undefined;
};

/** Checks everything that serving with this configuration needs. */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const asksModel = modes[config.mode].onMiss !== 'fail';
  const findings = await Promise.all([
    examineNode(process.versions.node),
    examineConfiguration(config),
    examinePort(config),
    examineCassette(config),
    ...(asksModel ? [config.upstream === undefined ? examineModel(config) : examineUpstream(config)] : []),
    examineRasterizer(config),
    examineFonts(config),
  ]);
  return findings.flat();
}

function examineNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > 22 || (major === 22 && minor >= 14);
  return isNewEnough
    ? {subject: 'node', verdict: 'ok', found: version}
    : {subject: 'node', verdict: 'missing', found: version, advice: 'Install Node.js 22.14 or newer.'};
}

function examineConfiguration({file, mode}: Config): Finding {
  return {subject: 'configuration', verdict: 'ok', found: `${file ?? 'no retake.config.json'}, mode ${mode}`};
}

async function examinePort({host, port}: Config): Promise<Finding> {
  const server = createServer();
  const problem = await new Promise<NodeJS.ErrnoException | undefined>(resolve => {
    server.once('error', resolve);
    server.listen({host, port, exclusive: true}, () => server.close(() => resolve(undefined)));
  });
  const address = `${host}:${port}`;
  if (!problem) return {subject: 'port', verdict: 'ok', found: `${address} is free`};
  const found =
    problem.code === 'EADDRINUSE' ? `${address} is in use, perhaps by another retake` : problem.message;
  return {subject: 'port', verdict: 'missing', found, advice: 'Choose another one with the option `port`.'};
}

async function examineCassette(config: Config): Promise<Finding[]> {
  const {cassette: path, mode} = config;
  const subject = 'cassette';
  const files = isStoreAddress(path) ? await addressesAt(path) : (cassetteFilesAt(path) ?? []);
  if (files.length === 0) {
    return [
      modes[mode].onMiss === 'fail'
        ? {
            subject,
            verdict: 'missing',
            found: `none at ${path}`,
            advice: 'Record one: `retake run -- COMMAND`.',
          }
        : {subject, verdict: 'ok', found: `none at ${path} yet; it is created when something is recorded`},
    ];
  }
  return Promise.all(files.map(file => examineCassetteFile(subject, file)));
}

/** The cassettes of a database; the address itself if they cannot be listed, so that opening it says why. */
async function addressesAt(address: string): Promise<readonly string[]> {
  try {
    return await cassettesOfStore(address);
  } catch {
    return [address];
  }
}

async function examineCassetteFile(subject: string, file: string): Promise<Finding> {
  try {
    const cassette = await openForReading(file);
    await cassette.close();
    return {subject, verdict: 'ok', found: file};
  } catch (cause) {
    return unusable(subject, cause);
  }
}

async function examineModel(config: Config): Promise<Finding[]> {
  try {
    const options = managedOptions(config);
    const model = describeModel(options);
    const there = await findSetUp({...options, model});
    const {program} = there;
    return [
      program
        ? {subject: 'engine', verdict: 'ok', found: program.kind === 'native' ? program.path : program.python}
        : await examineEngineInstaller(config),
      there.model
        ? {subject: 'model', verdict: 'ok', found: `${model.name}: ${there.model.weights}`}
        : fetchedLater('model', `${model.name} is not there yet`, model.name),
    ];
  } catch (cause) {
    return [unusable('model', cause)];
  }
}

/** Without an engine, checks whether one can be installed. */
async function examineEngineInstaller({python, searchPath}: Config): Promise<Finding> {
  try {
    await findPython(python, searchPath);
    return fetchedLater('engine', 'none is there yet');
  } catch (cause) {
    return unusable('engine', cause);
  }
}

function fetchedLater(subject: string, found: string, model?: string): Finding {
  const command = model === undefined ? 'retake setup' : `retake setup --model ${model}`;
  return {subject, verdict: 'warn', found, advice: `The first start fetches it; \`${command}\` does so now.`};
}

async function examineUpstream(config: Config): Promise<Finding | Finding[]> {
  if (config.upstream === 'provider') return examineProviders(config);
  const upstream = openUpstream(upstreamOptions(config));
  try {
    await upstream.ready(AbortSignal.timeout(timeoutMs));
    return {subject: 'upstream', verdict: 'ok', found: upstream.state.name};
  } catch (cause) {
    return unusable('upstream', cause);
  } finally {
    await upstream.close();
  }
}

/** Asks each provider for its models, without a key: any answer shows that it can be reached, and no token is spent. */
async function examineProviders(config: Config): Promise<Finding[]> {
  const choice = upstreamOptions(config);
  const urls = choice.kind === 'provider' ? choice.urls : {};
  const found = await Promise.all(
    knownProviders.map(async provider => ({
      name: provider.name,
      ...(await reachProvider(provider, urls[provider.name])),
    })),
  );
  const isOneReachable = found.some(({problem}) => problem === undefined);
  return found.map(({name, shown, problem}) =>
    problem === undefined
      ? {subject: name, verdict: 'ok', found: shown}
      : {subject: name, verdict: isOneReachable ? 'warn' : 'missing', found: `${shown}: ${problem}`},
  );
}

/** Timeout of other programs, in milliseconds. */
const timeoutMs = 5000;

async function examineRasterizer({searchPath, rasterizer: use}: Config): Promise<Finding> {
  const renderer = await createRasterizer({path: searchPath, use}).renderer();
  return renderer !== undefined
    ? {subject: 'rasterizer', verdict: 'ok', found: renderer}
    : {
        subject: 'rasterizer',
        verdict: 'warn',
        found: `${use === 'auto' ? 'neither pdftoppm nor pdfium is' : `${use} is not`} installed; only PDFs that were never recorded need it`,
        advice: missingRasterizerAdvice[use],
      };
}

const missingRasterizerAdvice = {
  auto: 'Install PDFium, `npm install @embedpdf/pdfium`, or poppler, `apt install poppler-utils`, `brew install poppler`.',
  pdfium: 'Install PDFium: `npm install @embedpdf/pdfium`.',
  pdftoppm: 'Install poppler: `apt install poppler-utils`, `brew install poppler`.',
} as const satisfies Record<Config['rasterizer'], string>;

async function examineFonts({searchPath}: Config): Promise<Finding> {
  const {failed, stdout} = await ask('fc-list', ['--format', '%{family}\\n'], searchPath);
  const families = new Set(stdout.split('\n').filter(line => line !== ''));
  return !failed && families.size > 0
    ? {subject: 'fonts', verdict: 'ok', found: `${families.size} families`}
    : {
        subject: 'fonts',
        verdict: 'warn',
        found: 'none found; PDFs that do not embed theirs come out blank',
        advice: 'Install some: `apt install fontconfig fonts-liberation fonts-urw-base35`.',
      };
}

async function ask(file: string, words: readonly string[], searchPath: string) {
  const {
    failed,
    stdout = '',
    stderr = '',
  } = await execa(file, words, {
    env: {PATH: searchPath},
    stdin: 'ignore',
    reject: false,
    timeout: timeoutMs,
  });
  return {failed, stdout, stderr};
}

function unusable(subject: string, cause: unknown): Finding {
  const {message, hint} = toRetakeError(cause);
  return {subject, verdict: 'missing', found: message, advice: hint};
}
