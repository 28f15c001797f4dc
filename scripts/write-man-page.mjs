// Writes dist/man/retake.1, the manual page, from the commands and their help. The build runs it.
import {mkdirSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const {loadProgram} = await import('../dist/cli/program.js');
const {manPage} = await import('../dist/cli/output/man-page.js');

mkdirSync('dist/man', {recursive: true});
writeFileSync('dist/man/retake.1', manPage(await loadProgram({environment: {}, directory: '.'})));
