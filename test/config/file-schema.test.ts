import {readFileSync} from 'node:fs';
import test from 'ava';
import {isJsonObject} from '../../src/chat/json.js';
import {configFileSchema} from '../../src/config/file-schema.js';
import {settingList} from '../../src/config/setting-list.js';

test('the published schema of the configuration file matches the settings', t => {
  const published: unknown = JSON.parse(readFileSync('retake.config.schema.json', 'utf8'));
  t.deepEqual(published, configFileSchema(), 'run `node scripts/write-schemas.mjs` after a build');
});

test('the published schema has every setting that a file may have, and no other', t => {
  const {properties} = configFileSchema();
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  const expected = new Set(settingList.filter(({inFile}) => inFile).map(({path: [first]}) => first));
  t.deepEqual(names.sort(), ['$schema', ...expected].sort());
});
