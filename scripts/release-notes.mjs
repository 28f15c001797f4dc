// `node scripts/release-notes.mjs v1.2.3`: prints the section of CHANGELOG.md for a version, for its release. Fails unless package.json has
// this version and the section is there.
import {readFileSync} from 'node:fs';
import process from 'node:process';

const [tag = ''] = process.argv.slice(2);
const {version} = JSON.parse(readFileSync('package.json', 'utf8'));
if (tag !== `v${version}`)
  fail(
    `The tag is ${tag || 'missing'}, and package.json has the version ${version}: expected the tag v${version}`,
  );
const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^(?=## )/m);
const section = sections.find(text => text.split('\n', 1)[0]?.split(' ')[1] === version);
if (!section)
  fail(`CHANGELOG.md has no section ${version}: rename its section Unreleased to "${version} (DATE)"`);
console.log(section.slice(section.indexOf('\n')).trim());

function fail(message) {
  console.error(`release-notes: ${message}`);
  process.exit(1);
}
