import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {AttachmentList} from '../../src/attachments/list-attachments.js';
import type {Environment} from '../../src/config/load-config.js';
import {asPng} from '../../src/media/convert-image.js';
import {countOf} from './count-of.js';
import {type PictureProtocol, pictureProtocol, pictureSequence} from './terminal-pictures.js';

/** Shows the thumbnails of a request's attachments in the terminal, or writes them to a folder if the terminal shows no images. */
export async function openPictures(
  {items}: AttachmentList,
  {environment, isTerminal}: {readonly environment: Environment; readonly isTerminal: boolean},
): Promise<string> {
  const pictures = items.flatMap(({name, thumbnail}) => (thumbnail ? [{name, ...thumbnail}] : []));
  if (pictures.length === 0) return 'The cassette has no thumbnails of this request.\n';
  const protocol = isTerminal ? pictureProtocol(environment) : undefined;
  return protocol ? drawPictures(pictures, protocol) : writePictures(pictures);
}

type Picture = {readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array};

async function drawPictures(pictures: readonly Picture[], protocol: PictureProtocol): Promise<string> {
  const {signal} = new AbortController();
  const drawn = await Promise.all(
    pictures.map(
      async ({name, bytes}) => `${name}\n${pictureSequence(protocol, await asPng(bytes, signal))}`,
    ),
  );
  return drawn.join('');
}

async function writePictures(pictures: readonly Picture[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'retake-pictures-'));
  const names = pictures.map(
    ({name, mediaType}, index) =>
      `${String(index + 1).padStart(3, '0')}-${name.replaceAll(/[^a-z\d]+/gi, '-')}.${mediaType.replace(/^image\//, '').replaceAll(/[^a-z\d]/g, '')}`,
  );
  await Promise.all(pictures.map(({bytes}, index) => writeFile(join(folder, names[index] ?? ''), bytes)));
  return `${countOf(pictures.length, 'thumbnail')} in ${folder}\n`;
}
