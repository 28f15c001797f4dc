// Writes the schemas of the package: retake.config.schema.json and retake.diff.schema.json. Run it after `npm run build` when a setting or
// the diff report changed; a test fails if they are outdated.
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const {configFileSchema} = await import('../dist/src/config/file-schema.js');
const {diffReportSchema} = await import('../dist/src/report/json.js');

const biome = 'node_modules/@biomejs/biome/bin/biome';
for (const [file, schema] of [
  ['retake.config.schema.json', configFileSchema()],
  ['retake.diff.schema.json', diffReportSchema()],
]) {
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  execFileSync(process.execPath, [biome, 'format', '--write', file]);
}
