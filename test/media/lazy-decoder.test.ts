import {cp, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

const program = (image: string) => `
  const {inspectImage} = await import('./dist/src/media/inspect-image.js');
  await import('./dist/src/media/convert-image.js');
  await import('./dist/src/media/thumbnail.js');
  await inspectImage(Buffer.from('${image}', 'base64'), new AbortController().signal).catch(() => {});
  console.log(process.report.getReport().sharedObjects.some(name => name.includes('libvips')));
`;

const gif = 'R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==';

test('the decoder is loaded with the first image, not before', async t => {
  const [without, withImage] = await Promise.all(
    ['', gif].map(image => execa('node', ['--input-type=module', '--eval', program(image)])),
  );
  t.deepEqual([without?.stdout, withImage?.stdout], ['false', 'true']);
});

test('without sharp, the error names the package and how to install it', async t => {
  const folder = await temporaryFolder(t);
  for (const name of ['media/load-sharp.js', 'errors.js'])
    await cp(join('dist/src', name), join(folder, name));
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  const program = `
    const {loadSharp} = await import('./media/load-sharp.js');
    const {code, message, hint} = await loadSharp().catch(error => error);
    console.log(JSON.stringify({code, message, hint}));
  `;
  const {stdout} = await execa('node', ['--no-warnings', '--input-type=module', '--eval', program], {
    cwd: folder,
  });
  const {code, message, hint} = JSON.parse(stdout) as Record<string, string>;
  t.is(code, 'not_supported');
  t.regex(message ?? '', /the package sharp is not installed/);
  t.regex(hint ?? '', /npm install --save-dev sharp/);
});
