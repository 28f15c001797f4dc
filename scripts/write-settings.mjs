// Writes what is derived from the settings' schema: retake.config.schema.json, and the table in the README. Run it after `npm run build` when
// a setting changed; a test says when.
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const {configFileSchema} = await import('../dist/src/config/file-schema.js');
const {settingsTable} = await import('../dist/src/config/settings-table.js');

writeFileSync('retake.config.schema.json', `${JSON.stringify(configFileSchema(), null, 2)}\n`);
const biome = 'node_modules/@biomejs/biome/bin/biome';
execFileSync(process.execPath, [biome, 'format', '--write', 'retake.config.schema.json']);

const table = /(?<=<!-- settings -->\n)[\s\S]*(?=\n<!-- end of settings -->)/;
writeFileSync(
  'README.md',
  readFileSync('README.md', 'utf8').replace(table, settingsTable().replaceAll('$', '$$$$')),
);
