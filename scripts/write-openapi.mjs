// Writes docs/reference/openapi.json from the routes of the control API. Run it after `npm run build` when a route changed; a test fails if
// it is outdated.
import {execFileSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const {controlRoutes} = await import('../dist/src/proxy/control/control-api.js');
const {openApiDocument} = await import('../dist/src/proxy/control/open-api.js');

const file = 'docs/reference/openapi.json';
mkdirSync('docs/reference', {recursive: true});
const document = openApiDocument(controlRoutes, 'http://localhost:8090');
writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
execFileSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', file]);
