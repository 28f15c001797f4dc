/** Tests of SDKs, which mostly wait: after a failure an SDK asks again some seconds later. */
function waits(file) {
  return /[\\/]test[\\/]sdk[\\/]/.test(file);
}

export default {
  files: ['dist/test/**/*.test.js'],
  timeout: '120s',
  workerThreads: false,
  nodeArguments: ['--enable-source-maps', '--v8-pool-size=1'],
  // Those that wait come first, beside the tests of the image and of the packages, and not all together at the end.
  sortTestFiles: (one, other) => Number(waits(other)) - Number(waits(one)) || one.localeCompare(other),
};
