import {join} from 'node:path';

/**
 * Each way to install a package in a folder, and the words that run a program there. No install scripts run: npm, pnpm and the
 * old yarn are told so, the others do not run them by themselves. (pnpm takes better-sqlite3 for a package that must be compiled.)
 */
export const packageManagers = {
  npm: {
    install: ({tools, node, tarball}) => [
      node,
      join(tools, 'npm/bin/npm-cli.js'),
      ...['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball],
    ],
  },
  pnpm: {
    install: ({tools, tarball}) => [
      join(tools, '@pnpm/exe.linux-x64/pnpm'),
      'add',
      '--save-dev',
      '--ignore-scripts',
      tarball,
    ],
  },
  'yarn 1': {
    install: ({tools, node, tarball}) => [
      node,
      join(tools, 'yarn/bin/yarn.js'),
      ...['add', '--ignore-scripts', '--non-interactive', `file:${tarball}`],
    ],
  },
  'yarn 4': {
    install: ({tools, node, tarball}) => [
      node,
      join(tools, '@yarnpkg/cli-dist/bin/yarn.js'),
      ...['add', `retake@file:${tarball}`],
    ],
    settings: {YARN_NODE_LINKER: 'node-modules'},
  },
  "yarn 4, Plug'n'Play": {
    install: ({tools, node, tarball}) => [
      node,
      join(tools, '@yarnpkg/cli-dist/bin/yarn.js'),
      ...['add', `retake@file:${tarball}`],
    ],
    settings: {YARN_NODE_LINKER: 'pnp'},
    // There is no node_modules: yarn starts Node and programs of packages.
    run: ({tools, node}, words) => [
      node,
      join(tools, '@yarnpkg/cli-dist/bin/yarn.js'),
      ...(words[0] === 'retake' ? ['run'] : []),
      ...words,
    ],
  },
  bun: {
    install: ({tools, tarball}) => [join(tools, '@oven/bun-linux-x64/bin/bun'), 'add', tarball],
  },
};

/** The registry of this machine's npm for all of them, and caches in a folder of their own: yarn takes a tarball that it has seen from there. */
export function environmentOf({folder, nodeFolder, registry, settings = {}}) {
  return {
    ...process.env,
    PATH: [nodeFolder, process.env.PATH].join(':'),
    HOME: folder,
    npm_config_registry: registry,
    npm_config_cache: join(folder, 'npm'),
    npm_config_store_dir: join(folder, 'pnpm'),
    YARN_CACHE_FOLDER: join(folder, 'yarn-1'),
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_GLOBAL_FOLDER: join(folder, 'yarn-4'),
    YARN_ENABLE_TELEMETRY: 'false',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    BUN_CONFIG_REGISTRY: registry,
    BUN_INSTALL_CACHE_DIR: join(folder, 'bun'),
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    NODE_OPTIONS: undefined,
    CI: 'true',
    ...settings,
  };
}
