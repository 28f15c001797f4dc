/**
 * What Fastify loads at each start, or would pull into the part of the bundle that is read at each start, for features that retake does not
 * use. Each costs 6 to 13 ms of the 195 ms of processor time that `retake serve` needs to start. What Fastify loads only when it is used
 * (pino, light-my-request) and what is small (proxy-addr) stays in the bundle: leaving it out changes nothing that can be measured.
 */
const unused = {
  'node:http2': 'HTTP/2: retake serves HTTP/1.1',
  '@fastify/ajv-compiler': 'schemas of routes: dialects check requests',
  '@fastify/fast-json-stringify-compiler': 'schemas of responses: dialects encode them',
  semver: 'plugins that require a version of Fastify: there are none',
};

/** An esbuild plugin that replaces each with a stub; calling a stub is an error that names it. */
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
