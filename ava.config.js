/** The two that take longest, and those of SDKs, which mostly wait: after a failure an SDK asks again some seconds later. */
function comesFirst(file) {
  return /[\\/]test[\\/](docs[\\/]tutorial|kits[\\/]pytest|sdk[\\/])/.test(file);
}

export default {
  files: ['dist/test/**/*.test.js'],
  timeout: '120s',
  workerThreads: false,
  nodeArguments: ['--enable-source-maps', '--v8-pool-size=1'],
  // In the order of the alphabet, those that wait would leave the processors idle near the end.
  sortTestFiles: (one, other) =>
    Number(comesFirst(other)) - Number(comesFirst(one)) || one.localeCompare(other),
};
