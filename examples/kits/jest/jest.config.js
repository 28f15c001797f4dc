module.exports = {
  globalSetup: 'retake/jest/global-setup',
  globalTeardown: 'retake/jest/global-teardown',
  setupFilesAfterEnv: ['retake/jest/setup'],
};
