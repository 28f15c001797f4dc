import test from 'ava';
import {execa} from 'execa';

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
