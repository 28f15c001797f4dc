import test from 'ava';
import {isContinuousIntegration} from '../../src/config/continuous-integration.js';
import {loadConfig} from '../../src/config/load-config.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const modeIn = test.macro({
  title: (_, environment: Record<string, string>, mode: string) =>
    `with ${JSON.stringify(environment)}, the mode is ${mode}`,
  async exec(t, environment: Record<string, string>, mode: string) {
    const directory = await temporaryFolder(t);
    t.is(loadConfig({flags: {}, environment, directory}).mode, mode as 'auto');
  },
});

test(modeIn, {}, 'auto');
test(modeIn, {CI: 'true'}, 'replay');
test(modeIn, {CI: '1'}, 'replay');
test(modeIn, {CI: ''}, 'auto');
// Azure Pipelines, Jenkins, TeamCity, CodeBuild, Travis: by variables that only they set.
test(modeIn, {TF_BUILD: 'True'}, 'replay');
test(modeIn, {JENKINS_URL: 'https://ci.example/', BUILD_ID: '7'}, 'replay');
test(modeIn, {TEAMCITY_VERSION: '2026.1'}, 'replay');
test(modeIn, {CODEBUILD_BUILD_ARN: 'arn:aws:codebuild:us-east-1:1:build/x'}, 'replay');
test(modeIn, {CONTINUOUS_INTEGRATION: 'true'}, 'replay');
test(modeIn, {NODE: '/app/.heroku/node/bin/node'}, 'replay');
test(modeIn, {NODE: '/usr/bin/node'}, 'auto');
// `CI` has the last word, and a setting is stronger than both.
test(modeIn, {CI: 'false', TF_BUILD: 'True'}, 'auto');
test(modeIn, {TF_BUILD: 'True', RETAKE_MODE: 'auto'}, 'auto');

test('a Jenkins address alone is no build', t => {
  t.false(isContinuousIntegration({JENKINS_URL: 'https://ci.example/'}));
});
