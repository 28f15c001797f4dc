import type {CountTokensRequest} from '../../../chat/request.js';
import type {EncodedRequest} from '../../dialect.js';
import {encodeRequest} from './encode-request.js';

/** A token count as a client of Anthropic writes it. */
export function encodeCount(request: CountTokensRequest, model: string): EncodedRequest {
  const {body} = encodeRequest({...request, operation: 'chat'}, model);
  return {path: '/v1/messages/count_tokens', body};
}
