import {isUtf8} from 'node:buffer';
import {readDeclaredType} from './declared-type.js';
import type {DetectedType} from './detected-type.js';
import {hasLatePdfHeader} from './pdf-header.js';
import {beginsPlain} from './plain-bytes.js';
import {readSignature} from './signatures.js';
import {isTextType} from './text-types.js';

/**
 * Detects the type of bytes by their content. The declared type counts only for bytes without a known signature. Undeclared bytes are
 * text if they are UTF-8 (or begin with a byte order mark) without control characters.
 */
export function detectType(bytes: Uint8Array, declared?: string): DetectedType {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const signed = readSignature(buffer);
  if (signed) return signed;
  const essence = readDeclaredType(declared)?.essence;
  if (essence !== undefined && isTextType(essence)) return {kind: 'text'};
  if (hasLatePdfHeader(buffer)) return {kind: 'pdf'};
  if (isSvg(buffer)) return {kind: 'svg', mediaType: 'image/svg+xml'};
  if (essence !== undefined && !unspecific.has(essence)) {
    return {kind: kindOf(essence), mediaType: essence};
  }
  return looksLikeText(buffer) ? {kind: 'text'} : {kind: 'other'};
}

/** Types that say nothing about the content. */
const unspecific = new Set(['application/octet-stream', 'binary/octet-stream', 'application/x-unknown']);

function isSvg(buffer: Buffer): boolean {
  const head = buffer.toString('latin1', 0, 4096).replace(/^\xef\xbb\xbf/, '');
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(head);
}

function kindOf(essence: string): 'audio' | 'video' | 'heic' | 'svg' | 'other' {
  if (essence.startsWith('audio/')) return 'audio';
  if (essence.startsWith('video/')) return 'video';
  if (/^image\/hei[cf]/.test(essence)) return 'heic';
  return essence === 'image/svg+xml' ? 'svg' : 'other';
}

function looksLikeText(buffer: Buffer): boolean {
  const mark = buffer.toString('latin1', 0, 2);
  if (mark === '\xff\xfe' || mark === '\xfe\xff') return true;
  return isUtf8(buffer) && !buffer.includes(0) && beginsPlain(buffer);
}
