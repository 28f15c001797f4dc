import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** Writes THIRD-PARTY-NOTICES: the licence of every package of which a module is in the bundle. A package without one fails the build. */
export function writeNotices(modules) {
  const folders = new Set(modules.map(packageFolder).filter(folder => folder !== undefined));
  const notices = new Map();
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const {name, version, license} = manifest;
    notices.set(`${name} ${version}`, `${name} ${version} (${license})\n\n${licenceOf(folder, manifest)}`);
  }
  const sorted = [...notices].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, notice]) => notice);
  const line = `\n\n${'-'.repeat(80)}\n\n`;
  const introduction = 'The files in dist contain code of these packages, under their licences.';
  writeFileSync('THIRD-PARTY-NOTICES', `${[introduction, ...sorted].join(line)}\n`);
}

/** `node_modules/a`, also of a package within another: `node_modules/a/node_modules/@b/c`. */
function packageFolder(module) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0];
}

function licenceOf(folder, {name, license, author}) {
  const files = readdirSync(folder);
  const textOf = file => (file ? readFileSync(join(folder, file), 'utf8') : '');
  const file = files.find(entry => /^licen[cs]e(?:[-.](?:md|txt|mit))?$/i.test(entry));
  if (file) return textOf(file).trim();
  const readme = textOf(files.find(entry => /^readme\.md$/i.test(entry)));
  const [section] = /^#+ licen[cs]e\b[\s\S]*/im.exec(readme) ?? [];
  if (section) return section.trim();
  if (license === 'MIT' && author) return `Copyright (c) ${author.name ?? author}\n\n${mit}`;
  throw new Error(`The package ${name} is bundled, but no text of its licence (${license}) is in ${folder}`);
}

/** The text of the MIT licence, for packages that only name it: this project's, below its copyright line. */
const mit = readFileSync('LICENSE', 'utf8')
  .split(/^Copyright.*\n/m)[1]
  .trim();
