import {RetakeError} from '../../../errors.js';
import type {Kept} from '../expiring-store.js';
import type {Content, Tool, ToolConfig} from '../generate-content/schema.js';
import {encodeTimestamp} from '../timestamp.js';

/** A cached prompt prefix, with the bytes of its files. */
export type Cache = Kept & {
  /** Its parent resource on Vertex AI, `projects/p/locations/l/`; empty elsewhere. */
  readonly parent: string;
  /** As the client wrote it: `models/gemini-2.5-flash`. */
  readonly model: string;
  readonly displayName: string | undefined;
  readonly prompt: CachedPrompt;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type CachedPrompt = {
  readonly contents: readonly Content[];
  readonly systemInstruction: Content | undefined;
  readonly tools: readonly Tool[];
  readonly toolConfig: ToolConfig | undefined;
};

/** The id in `cachedContents/id`, with or without the names of a project and a location before it. */
export function cacheIdOf(name: string): string | undefined {
  return /^(?:projects\/[^/]+\/locations\/[^/]+\/)?cachedContents\/([a-z0-9]+)$/.exec(name)?.[1];
}

/** https://ai.google.dev/api/caching#CachedContent; its content is never returned. */
export function encodeCache({id, parent, model, displayName, createdAt, updatedAt, expiresAt}: Cache) {
  return {
    name: `${parent}cachedContents/${id}`,
    model,
    displayName,
    createTime: encodeTimestamp(createdAt),
    updateTime: encodeTimestamp(updatedAt),
    expireTime: encodeTimestamp(expiresAt),
    // Its tokens were not counted, but clients read this member.
    usageMetadata: {},
  };
}

/** The real API answers in the same way for missing objects and those of other users. */
export function cacheMissing(): RetakeError {
  return new RetakeError('not_found', 'CachedContent not found (or permission denied)', {status: 403});
}
