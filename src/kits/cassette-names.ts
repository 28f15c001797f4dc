import {createHash} from 'node:crypto';

/**
 * The name of the cassette of a test file, by its path in the project: `src/chat.test.ts` becomes `src_chat.test.ts`. Every path has a name
 * of its own, which is a file name on every system: where the path has other characters, is long, or is a device of Windows, the name
 * ends with a digest of it.
 */
export function cassetteNameOf(path: string): string {
  const segments = path.replaceAll('\\', '/').split('/');
  const plain = segments.join('_');
  if (segments.every(isPlain) && isFileName(plain)) return plain;
  const digest = createHash('sha256').update(segments.join('/')).digest('hex').slice(0, 12);
  const readable = plain.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return `${readable.slice(-longest).replace(/^[^A-Za-z0-9]+/, '') || 'test'}_${digest}`.replace(
    deviceName,
    'test-$&',
  );
}

const longest = 80;

/** Without the character that joins segments, so that no two paths have one name. */
function isPlain(segment: string): boolean {
  return /^[A-Za-z0-9.-]+$/.test(segment);
}

const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|_|$)/i;

function isFileName(name: string): boolean {
  return (
    name.length <= longest &&
    /^[A-Za-z0-9]/.test(name) &&
    !deviceName.test(name) &&
    !name.endsWith('.') &&
    !name.endsWith('.cassette')
  );
}
