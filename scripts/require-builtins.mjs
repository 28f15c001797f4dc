import {isBuiltin} from 'node:module';

/**
 * An esbuild plugin that loads Node's own modules by `require`. An `import` of one reads all its exports, and some of them load others:
 * that of `node:http` loads an HTTP client and all of fetch, a sixth of the start.
 */
export function requireBuiltins() {
  const namespace = 'builtin';
  return {
    name: 'require-builtins',
    setup(build) {
      build.onResolve({filter: /^[a-z_:/]+$/}, ({path, kind}) =>
        kind === 'import-statement' && isBuiltin(path) ? {path, namespace} : undefined,
      );
      build.onLoad({filter: /./, namespace}, ({path}) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
        loader: 'js',
      }));
    },
  };
}
