import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {DialectServices, LocalEndpoint, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {invalidArguments} from '../field-violations.js';
import {KeptContent, type Stores} from '../kept-content.js';
import {parseLenientJson} from '../lenient-json.js';
import {isVertexPath} from '../model-name.js';
import {pageOf, pageParameters} from '../page.js';
import {decodeProtoJson} from '../proto-json.js';
import {decodeAlt} from '../query-parameters.js';
import {jsonHeaders} from '../response-headers.js';
import {type Cache, cacheMissing, encodeCache} from './cache.js';
import {decodeCache} from './decode-cache.js';
import {decodeExpiration} from './expiration.js';
import {CachedContent} from './schema.js';

/** https://ai.google.dev/api/caching#method:-cachedcontents.list */
const pageLimits = {usual: 100, most: 1000};

/** The endpoints of cached contents. */
export function cacheEndpoints(
  stores: Stores,
  {now}: DialectServices,
): Readonly<Record<string, LocalEndpoint>> {
  const {caches} = stores;
  const named = ({params}: RawRequest): Cache => {
    const cache = caches.get(params['cache'] ?? '');
    if (!cache) throw cacheMissing();
    return cache;
  };
  return {
    createCache: {
      kind: 'local',
      method: 'POST',
      answer({query, bytes, params, headers, path}) {
        decodeAlt(query, ['json']);
        const cache = decodeCache(decodeProtoJson(CachedContent, parseLenientJson(bytes)), {
          bytes,
          parent: params['parent'] ?? '',
          isVertex: isVertexPath(path),
          now: now(),
          caches,
          kept: new KeptContent(stores, headers.host),
        });
        caches.put(cache);
        return jsonAnswer(encodeCache(cache), jsonHeaders);
      },
    },
    getCache: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        decodeAlt(request.query, ['json']);
        return jsonAnswer(encodeCache(named(request)), jsonHeaders);
      },
    },
    listCaches: {
      kind: 'local',
      method: 'GET',
      answer({query}) {
        decodeAlt(query, ['json'], pageParameters);
        const page = pageOf(caches.list(), query, pageLimits, 'ListCachedContentsRequest');
        return jsonAnswer(
          {
            cachedContents: page.items.map(encodeCache),
            nextPageToken: page.nextPageToken,
          },
          jsonHeaders,
        );
      },
    },
    updateCache: {
      kind: 'local',
      method: 'PATCH',
      answer(request) {
        decodeAlt(request.query, ['json'], ['updateMask', 'update_mask']);
        const cache = {...named(request), ...decodeUpdate(request, now())};
        caches.put(cache);
        return jsonAnswer(encodeCache(cache), jsonHeaders);
      },
    },
    deleteCache: {
      kind: 'local',
      method: 'DELETE',
      answer(request) {
        decodeAlt(request.query, ['json']);
        caches.delete(named(request).id);
        return jsonAnswer({}, jsonHeaders);
      },
    },
  };
}

/** Only the expiration of a cache can be changed. */
function decodeUpdate({query, bytes}: RawRequest, now: number): Pick<Cache, 'expiresAt' | 'updatedAt'> {
  const request = 'UpdateCachedContentRequest';
  const mask = query.get('updateMask') ?? query.get('update_mask') ?? '';
  const {ttl, expireTime, ...others} = decodeProtoJson(CachedContent, parseLenientJson(bytes));
  const wanted = mask === '' ? Object.keys(others) : mask.split(',');
  const unknown = wanted.find(name => !/^(?:ttl|expire_?time)$/i.test(name.trim()));
  if (unknown !== undefined) {
    const description = `${unknown} cannot be changed, only ttl and expire_time.`;
    throw invalidArguments([{field: 'update_mask', description}], request);
  }
  const expiresAt = decodeExpiration(
    omitUndefined({ttl: ttl || undefined, expireTime: expireTime || undefined}),
    now,
    request,
  );
  if (expiresAt !== undefined) return {expiresAt, updatedAt: now};
  const description = 'ttl or expire_time must be given.';
  throw invalidArguments([{field: 'cached_content', description}], request);
}
