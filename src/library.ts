// The functions of the library. Each loads its code when it is first called: importing the package is fast, and a test that replays loads
// neither git nor reports.
import type {openCassetteFile} from './cassette/file/open-cassette-file.js';
import type {compareWithHead as Compare} from './operations/compare-with-head.js';
import type {diffCassettes as Diff} from './operations/diff-cassettes.js';
import type {verifyCassette as Verify} from './operations/verify-cassette.js';
import type {createProxy as Create} from './proxy/create-proxy.js';
import type {renderDiff as Render} from './report/render-diff.js';

/**
 * Creates a proxy. It answers requests after `listen`.
 * @throws RetakeError `invalid_setting` if an option is invalid, `cassette_invalid` or `settings_differ` if the cassette cannot be used
 */
export const createProxy: typeof Create = async options => {
  const module = await import('./proxy/create-proxy.js');
  return module.createProxy({...options, inspector: {compareWithHead, ...options.inspector}});
};

const compareWithHead: typeof Compare = async (...given) => {
  const module = await import('./operations/compare-with-head.js');
  return module.compareWithHead(...given);
};

/** Opens a cassette file, to read its recordings or to add some. */
export const openCassette: typeof openCassetteFile = async (...given) => {
  const module = await import('./cassette/file/open-cassette-file.js');
  return module.openCassetteFile(...given);
};

/** Checks a cassette file as `retake verify` does. */
export const verifyCassette: typeof Verify = async (...given) => {
  const module = await import('./operations/verify-cassette.js');
  return module.verifyCassette(...given);
};

/** Compares cassettes: two paths, or two states of a git repository. */
export const diffCassettes: typeof Diff = async (...given) => {
  const module = await import('./operations/diff-cassettes.js');
  return module.diffCassettes(...given);
};

/** Renders a diff in one of the formats of `retake diff`. */
export const renderDiff = async (...given: Parameters<typeof Render>): Promise<string> => {
  const module = await import('./report/render-diff.js');
  return module.renderDiff(...given);
};
