import type {Static} from '@sinclair/typebox';
import {Content, Tool, ToolConfig} from '../generate-content/schema.js';
import {ignored, map, message, refused, repeated, string, value} from '../proto-types.js';

/** https://ai.google.dev/api/caching#CachedContent */
export const CachedContent = message(
  'CachedContent',
  {
    model: string(),
    displayName: string(),
    contents: repeated(Content),
    systemInstruction: Content,
    tools: repeated(Tool),
    toolConfig: ToolConfig,
    ttl: string(),
    expireTime: string(),
    labels: ignored(map(string())),
    // Output only; clients send these members back.
    name: ignored(string()),
    createTime: ignored(string()),
    updateTime: ignored(string()),
    usageMetadata: ignored(value()),
    encryptionSpec: refused(),
  },
  {oneof: {name: 'expiration', fields: ['ttl', 'expireTime']}},
);
export type CachedContent = Static<typeof CachedContent>;
