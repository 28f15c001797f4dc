import type {OpenExchange} from './exchange.js';
import {isFaultyAnswer, outcomeOf, warningsOf} from './exchange-outcome.js';

/** The headers that report a request's outcome and warnings. */
export function outcomeHeaders(exchange: OpenExchange): Record<string, string> {
  const {announcement, error} = exchange;
  const warnings = warningsOf(exchange);
  const headers: Record<string, string> = {};
  if (warnings.length > 0) headers['x-retake-warning'] = asciiHeader(warnings.join(' '));
  const isFaulty = isFaultyAnswer(exchange);
  if (isFaulty) {
    headers['x-retake'] = 'fault';
    headers['x-retake-fault'] = exchange.fault?.text ?? '';
  }
  if (!announcement) return headers;
  if (!isFaulty) headers['x-retake'] = outcomeOf(announcement, error);
  headers['x-retake-key'] = announcement.key;
  headers['x-retake-cassette'] = asciiHeader(announcement.cassette.name);
  if (announcement.pages) headers['x-retake-pages'] = announcement.pages;
  return headers;
}

/** Headers are ASCII: all other characters of a value, a file's name for instance, are percent-encoded. */
function asciiHeader(value: string): string {
  return value.replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent);
}
