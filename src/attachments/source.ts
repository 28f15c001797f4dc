import type {Attachment} from '../chat/media.js';
import {decodeDataUri, isDataUri} from '../media/data-uri.js';
import type {LocalReader} from '../media/read-local-file.js';
import {type Identified, identify} from './identify.js';
import {isLocal} from './reference.js';

/** The source of an attachment: bytes that are here, or a URL. */
export type Source =
  | {readonly kind: 'here'; readonly identified: Identified}
  | {readonly kind: 'url'; readonly url: string};

/**
 * Reads the bytes of an attachment, unless they are behind a URL.
 * @throws RetakeError `invalid_request` or `not_supported`
 */
export async function openSource(
  {source, declaredType, accepts}: Attachment,
  readLocal: LocalReader,
): Promise<Source> {
  if (source.kind === 'bytes') {
    return {kind: 'here', identified: await identify(source.bytes, declaredType, accepts)};
  }
  const {uri} = source;
  if (isDataUri(uri)) {
    const {bytes, mediaType = declaredType} = decodeDataUri(uri);
    return {kind: 'here', identified: await identify(bytes, mediaType, accepts)};
  }
  if (isLocal(uri)) {
    const {bytes} = await readLocal(uri);
    return {kind: 'here', identified: await identify(bytes, declaredType, accepts)};
  }
  return {kind: 'url', url: uri};
}
