// Writes the pages of docs/reference that are generated from the code. Run it after `npm run build` when a command, a setting, an error, a
// type of the library, an operation of the control API or a table of cassettes changed; a test fails if they are outdated. An argument names
// another folder.
import {mkdirSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const {fileFormatPage} = await import('./reference/file-format-page.mjs');
const {httpPage} = await import('./reference/http-page.mjs');
const {libraryPage} = await import('./reference/library-page.mjs');
const {verdictsPage} = await import('./reference/verdicts-page.mjs');
const {referencePages} = await import('../dist/cli/output/reference-pages.js');
const {loadProgram} = await import('../dist/cli/program.js');

const [folder = 'docs/reference'] = process.argv.slice(2);
const pages = {
  ...referencePages(await loadProgram({environment: {}, directory: '.'})),
  'file-format.md': fileFormatPage(),
  'http.md': httpPage(),
  'library.md': libraryPage(),
  'verdicts.md': verdictsPage(),
};
mkdirSync(folder, {recursive: true});
for (const [file, text] of Object.entries(pages)) writeFileSync(`${folder}/${file}`, text);
