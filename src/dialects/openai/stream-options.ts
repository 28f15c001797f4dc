import type {JsonObject} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {StreamOptions} from './chat-completions/schema.js';
import {checkWire} from './check-wire.js';

const checkStreamOptions = checkWire(StreamOptions);

/** The streaming options; undefined for a unary response. */
export function decodeStream({
  stream,
  stream_options: options,
}: {
  readonly stream?: boolean;
  readonly stream_options?: JsonObject;
}): {readonly includeUsage: boolean} | undefined {
  if (options === undefined) return stream ? {includeUsage: false} : undefined;
  if (!stream) throw onlyAllowed('stream_options', 'stream');
  return {includeUsage: checkStreamOptions(options, 'stream_options').include_usage ?? false};
}

export function onlyAllowed(field: string, condition: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `The '${field}' parameter is only allowed when '${condition}' is enabled.`,
    {field},
  );
}
