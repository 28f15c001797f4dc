// Writes the pages of docs/reference that are generated from the code. Run it after `npm run build` when a command or an error changed; a
// test fails if they are outdated.
import {mkdirSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const {referencePages} = await import('../dist/cli/output/reference-pages.js');
const {loadProgram} = await import('../dist/cli/program.js');

mkdirSync('docs/reference', {recursive: true});
const pages = referencePages(await loadProgram({environment: {}, directory: '.'}));
for (const [file, text] of Object.entries(pages)) writeFileSync(`docs/reference/${file}`, text);
