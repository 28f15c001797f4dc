import type {WireAnswer, WireForm, WireHeaders} from '../../chat/wire.js';
import {splitEvents} from './split-events.js';

type WireParts = {readonly form: WireForm; readonly status: number; readonly headers: WireHeaders};

/** A provider's answer as it is kept: a stream in its events, and the headers that say what it is. */
export function wireOf({form, status, headers}: WireParts, pieces: WireAnswer['pieces']): WireAnswer {
  const kept = Object.entries(headers).filter(([name]) => keptHeaders.has(name.toLowerCase()));
  return {
    ...form,
    status,
    headers: Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), String(value)])),
    pieces: splitEvents(pieces, String(headers['content-type'] ?? '')),
  };
}

/** The headers that say what a body is; all others are of the moment, or may hold a cookie. */
const keptHeaders = new Set([
  'content-type',
  'content-disposition',
  'openai-version',
  'x-goog-upload-status',
  'x-goog-upload-url',
  'x-goog-upload-chunk-granularity',
]);
