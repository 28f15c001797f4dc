import type {CountTokensRequest} from '../../../chat/request.js';
import type {EncodedRequest} from '../../dialect.js';
import {encodeRequest as encodeChat} from '../generate-content/encode-request.js';

/** A token count as a client of the Developer API writes it. */
export function encodeRequest(request: CountTokensRequest, model: string): EncodedRequest {
  const {body} = encodeChat({...request, operation: 'chat'}, model);
  return {
    path: `/v1beta/models/${encodeURIComponent(model)}:countTokens`,
    body: {generateContentRequest: {model: `models/${model}`, ...body}},
  };
}
