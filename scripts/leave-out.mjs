/** What Fastify loads for features that nothing here uses, and that would be read and compiled at every start. */
const unused = {
  'node:http2': 'HTTP/2',
  '@fastify/ajv-compiler': 'schemas of routes: dialects have their own',
  '@fastify/fast-json-stringify-compiler': 'schemas of answers: dialects encode them',
  '@fastify/proxy-addr': 'trust in a proxy',
  'light-my-request': 'requests without a socket',
  pino: 'its log: exchanges are logged by ours',
  semver: 'plugins that ask for a version of Fastify',
};

/** An esbuild plugin that puts a stub in the place of each; calling one is an error that names it. */
export function leaveOutUnused() {
  const names = new RegExp(`^(?:${Object.keys(unused).join('|')})$`);
  return {
    name: 'leave-out-unused',
    setup(build) {
      build.onResolve({filter: names}, ({path, importer}) =>
        /[\\/]node_modules[\\/]fastify[\\/]/.test(importer) ? {path, namespace: 'left-out'} : undefined,
      );
      build.onLoad({filter: /.*/, namespace: 'left-out'}, ({path}) => ({
        contents: `module.exports = () => {
          throw new Error(${JSON.stringify(`${path} is not part of the bundled command line (${unused[path]}).`)});
        };`,
      }));
    },
  };
}
