import {createHash} from 'node:crypto';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';
import type {ExpiringStore} from '../expiring-store.js';
import {invalidArguments, within} from '../field-violations.js';
import {CallNames} from '../generate-content/call-names.js';
import {decodeContents, decodeSystemInstruction} from '../generate-content/decode-contents.js';
import {decodeTools} from '../generate-content/decode-tools.js';
import type {Content, Part} from '../generate-content/schema.js';
import type {KeptContent} from '../kept-content.js';
import type {NothingLeft} from '../proto-types.js';
import type {Cache, CachedPrompt} from './cache.js';
import {decodeExpiration} from './expiration.js';
import type {CachedContent} from './schema.js';

const request = 'CreateCachedContentRequest';

/** The default time to live of a cache. */
const usualLifetime = 60 * 60 * 1000;

export type CacheOrigin = {
  readonly bytes: Uint8Array;
  readonly parent: string;
  readonly isVertex: boolean;
  readonly now: number;
  readonly caches: ExpiringStore<Cache>;
  readonly kept: KeptContent;
};

/**
 * Creates the cache of a message. Errors in its prompt are reported now, not to a later request that uses it.
 * @throws RetakeError
 */
export function decodeCache(
  message: CachedContent,
  {bytes, parent, isVertex, now, caches, kept}: CacheOrigin,
): Cache {
  const {
    model = '',
    displayName = '',
    contents = [],
    systemInstruction,
    tools = [],
    toolConfig,
    ...others
  } = message;
  const {ttl, expireTime, ...rest} = others;
  rest satisfies NothingLeft;
  if (!/(?:^|\/)(?:models|tunedModels|endpoints)\/[^/]+$/.test(model)) {
    throw invalid('model', 'unexpected model name format');
  }
  if (displayName.length > 128) throw invalid('display_name', 'must be at most 128 characters.');
  if (contents.length === 0 && systemInstruction === undefined && tools.length === 0) {
    throw invalid('contents', 'contents is not specified');
  }
  const prompt = {contents, systemInstruction, tools, toolConfig};
  within({request, path: 'cached_content.'}, () => checkPrompt(prompt, {kept, isVertex}));
  const cached = holdFiles(prompt, kept);
  const expiration = decodeExpiration(
    omitUndefined({ttl: ttl || undefined, expireTime: expireTime || undefined}),
    now,
    request,
  );
  return {
    id: freeId(bytes, caches),
    parent,
    model,
    displayName: displayName || undefined,
    prompt: cached.prompt,
    size: bytes.length + cached.size,
    createdAt: now,
    updatedAt: now,
    expiresAt: expiration ?? now + usualLifetime,
  };
}

function checkPrompt(
  {contents, systemInstruction, tools, toolConfig}: CachedPrompt,
  {kept, isVertex}: Pick<CacheOrigin, 'kept' | 'isVertex'>,
): void {
  refuseStorageObjects([...contents, ...(systemInstruction ? [systemInstruction] : [])]);
  const decoding = {calls: new CallNames(), kept};
  if (systemInstruction) decodeSystemInstruction(systemInstruction, decoding);
  if (contents.length > 0) decodeContents(contents, decoding);
  decodeTools(tools, toolConfig ?? {}, {isVertex});
}

/** Of a file in Google Cloud Storage, only Google can cache the content. */
function refuseStorageObjects(contents: readonly Content[]): void {
  for (const {parts = []} of contents) {
    for (const {fileData: {fileUri = ''} = {}} of parts) {
      if (!fileUri.startsWith('gs://')) continue;
      throw new RetakeError('invalid_request', `Invalid or unsupported file uri: ${fileUri}`, {
        hint: 'retake does not read Google Cloud Storage. Upload the file, or send its bytes inline.',
      });
    }
  }
}

/** Replaces uploaded files by their content, because a cache outlives the files in it. */
function holdFiles(prompt: CachedPrompt, kept: KeptContent): {prompt: CachedPrompt; size: number} {
  let size = 0;
  const holdPart = (part: Part): Part => {
    const {fileData, ...others} = part;
    const file = fileData?.fileUri === undefined ? undefined : kept.file(fileData.fileUri);
    if (!file) return part;
    size += file.size;
    return {...others, inlineData: {mimeType: fileData?.mimeType || file.mimeType, data: file.bytes}};
  };
  const hold = ({parts = [], ...rest}: Content): Content => ({...rest, parts: parts.map(holdPart)});
  const {contents, systemInstruction, ...rest} = prompt;
  const held: CachedPrompt = {
    ...rest,
    contents: contents.map(hold),
    systemInstruction: systemInstruction && hold(systemInstruction),
  };
  return {prompt: held, size};
}

/** Derived from the request, so that repeated test runs see the same id. */
function freeId(bytes: Uint8Array, caches: ExpiringStore<Cache>): string {
  for (let number = 0; ; number++) {
    const id = createHash('sha256').update(bytes).update(`\n${number}`).digest('hex').slice(0, 24);
    if (!caches.get(id)) return id;
  }
}

function invalid(field: string, description: string): Error {
  return invalidArguments([{field: `cached_content.${field}`, description}], request);
}
