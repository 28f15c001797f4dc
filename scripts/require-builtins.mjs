import {createRequire, isBuiltin} from 'node:module';

const require = createRequire(import.meta.url);

/**
 * An esbuild plugin that loads Node's own modules by `require`. An `import` of one reads all its exports, and some of them load others:
 * that of `node:http` loads an HTTP client and all of fetch, a sixth of the start. Here only the exports that are used are read.
 */
export function requireBuiltins() {
  const namespace = 'builtin';
  return {
    name: 'require-builtins',
    setup(build) {
      build.onResolve({filter: /^[a-z_:/]+$/}, ({path, kind}) =>
        kind === 'import-statement' && isBuiltin(path) ? {path, namespace, sideEffects: false} : undefined,
      );
      build.onLoad({filter: /./, namespace}, ({path}) => ({
        contents: [
          `const builtin = require(${JSON.stringify(path)});`,
          'export default builtin;',
          ...namesIn(path).map(name => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`),
        ].join('\n'),
        loader: 'js',
      }));
    },
  };
}

function namesIn(path) {
  return Object.getOwnPropertyNames(require(path)).filter(name => isVariable(name));
}

/** Whether a name can be that of a variable. `default` and other words of the language cannot. */
function isVariable(name) {
  try {
    new Function(`'use strict'; const ${name} = 0;`);
    return true;
  } catch {
    return false;
  }
}
