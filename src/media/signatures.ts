import type {DetectedType, ImageType} from './detected-type.js';
import {beginsPlain} from './plain-bytes.js';

/**
 * The type of a file by its first bytes. The table is not from a library: the type is part of a request's key, which must not change with
 * a library's version.
 */
export function readSignature(buffer: Buffer): DetectedType | undefined {
  const head = buffer.toString('latin1', 0, 256);
  if (head.startsWith('%PDF-')) return {kind: 'pdf'};
  // `BM` and `RIFF` can begin a sentence too. Real files of all these types have control characters soon after.
  if (beginsPlain(buffer)) return undefined;
  return head.startsWith('ftyp', 4)
    ? readBrands(head, buffer.readUInt32BE(0))
    : signatures.find(([places]) => holds(head, places))?.[1];
}

type Places = Readonly<Record<number, string>>;

function holds(head: string, places: Places): boolean {
  return Object.entries(places).every(([offset, bytes]) => head.startsWith(bytes, Number(offset)));
}

const image = (mediaType: ImageType): DetectedType => ({kind: 'image', mediaType});
const other = (mediaType: string): DetectedType => ({kind: 'other', mediaType});
const audio = (mediaType: string): DetectedType => ({kind: 'audio', mediaType});
const video = (mediaType: string): DetectedType => ({kind: 'video', mediaType});

/** The possible lengths of a bitmap's second header: a file that begins with `BM` is a bitmap only with such a header. */
const bitmapHeaders = [12, 16, 40, 52, 56, 64, 108, 124];

const signatures: readonly (readonly [Places, DetectedType])[] = [
  [{0: '\x89PNG\r\n\x1a\n'}, image('image/png')],
  [{0: '\xff\xd8\xff'}, image('image/jpeg')],
  [{0: 'GIF87a'}, image('image/gif')],
  [{0: 'GIF89a'}, image('image/gif')],
  [{0: 'RIFF', 8: 'WEBP'}, image('image/webp')],
  ...bitmapHeaders.map((length): readonly [Places, DetectedType] => [
    {0: 'BM', 14: `${String.fromCharCode(length)}\0\0\0`},
    image('image/bmp'),
  ]),
  [{0: 'II*\0'}, image('image/tiff')],
  [{0: 'MM\0*'}, image('image/tiff')],
  [{0: 'II+\0'}, image('image/tiff')],
  [{0: 'MM\0+'}, image('image/tiff')],
  [{0: '\xff\x0a'}, other('image/jxl')],
  [{0: '\0\0\0\x0cJXL '}, other('image/jxl')],
  [{0: '\0\0\0\x0cjP  '}, other('image/jp2')],
  [{0: '\xff\x4f\xff\x51'}, other('image/jp2')],
  [{0: '\0\0\x01\0'}, other('image/vnd.microsoft.icon')],
  [{0: '8BPS'}, other('image/vnd.adobe.photoshop')],
  [{0: 'RIFF', 8: 'WAVE'}, audio('audio/wav')],
  [{0: 'FORM', 8: 'AIF'}, audio('audio/aiff')],
  [{0: 'ID3'}, audio('audio/mpeg')],
  [{0: '\xff\xfb'}, audio('audio/mpeg')],
  [{0: '\xff\xfa'}, audio('audio/mpeg')],
  [{0: '\xff\xf3'}, audio('audio/mpeg')],
  [{0: '\xff\xf2'}, audio('audio/mpeg')],
  [{0: '\xff\xf1'}, audio('audio/aac')],
  [{0: '\xff\xf9'}, audio('audio/aac')],
  [{0: 'OggS'}, audio('audio/ogg')],
  [{0: 'fLaC'}, audio('audio/flac')],
  [{0: 'MThd'}, audio('audio/midi')],
  [{0: '#!AMR'}, audio('audio/amr')],
  [{0: 'RIFF', 8: 'AVI '}, video('video/x-msvideo')],
  [{0: '\x1a\x45\xdf\xa3'}, video('video/webm')],
  [{0: 'FLV\x01'}, video('video/x-flv')],
  [{0: '\0\0\x01\xba'}, video('video/mpeg')],
  [{0: '\0\0\x01\xb3'}, video('video/mpeg')],
  [{0: '\x30\x26\xb2\x75\x8e\x66\xcf\x11'}, video('video/x-ms-wmv')],
  [{0: 'PK\x03\x04'}, other('application/zip')],
  [{0: 'PK\x05\x06'}, other('application/zip')],
  [{0: '\x1f\x8b'}, other('application/gzip')],
  [{0: 'BZh', 4: '1AY&SY'}, other('application/x-bzip2')],
  [{0: '\xfd7zXZ\0'}, other('application/x-xz')],
  [{0: '\x28\xb5\x2f\xfd'}, other('application/zstd')],
  [{0: '7z\xbc\xaf\x27\x1c'}, other('application/x-7z-compressed')],
  [{0: 'Rar!\x1a\x07'}, other('application/vnd.rar')],
  [{0: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'}, other('application/x-ole-storage')],
  [{0: '\x7fELF'}, other('application/x-elf')],
  [{0: '\0asm'}, other('application/wasm')],
  [{0: 'SQLite format 3\0'}, other('application/vnd.sqlite3')],
];

const heicBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs']);
const avifBrands = new Set(['avif', 'avis']);

/** The brands of ISO base media files (ISO/IEC 14496-12) distinguish images, audio and video. */
function readBrands(head: string, length: number): DetectedType {
  const major = head.slice(8, 12);
  const compatible = head.slice(16, length).match(/[\s\S]{4}/g) ?? [];
  if (avifBrands.has(major)) return image('image/avif');
  if (heicBrands.has(major)) return {kind: 'heic', mediaType: 'image/heic'};
  if (major === 'mif1' || major === 'msf1') {
    if (compatible.some(brand => avifBrands.has(brand))) return image('image/avif');
    return {kind: 'heic', mediaType: 'image/heif'};
  }
  return major.startsWith('M4A') || major.startsWith('M4B') ? audio('audio/mp4') : video('video/mp4');
}
