// Writes retake.config.schema.json from the settings' schema. Run it after `npm run build` when a setting changed.
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const {configFileSchema} = await import('../dist/src/config/file-schema.js');
writeFileSync('retake.config.schema.json', `${JSON.stringify(configFileSchema(), null, 2)}\n`);
execFileSync(process.execPath, [
  'node_modules/@biomejs/biome/bin/biome',
  'format',
  '--write',
  'retake.config.schema.json',
]);
