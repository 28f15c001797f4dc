import {RetakeError} from '../../../errors.js';
import type {DialectServices, LocalEndpoint, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {limitOf} from '../page-limit.js';
import {localHeaders} from '../response-headers.js';

/** Model names that applications request; the local model answers to all of them. */
const wellKnown = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-opus-4-6',
  'claude-sonnet-4-6',
  'claude-haiku-4-5',
] as const;

/** `GET /v1/models`: newest first, in pages. */
export function listModels({localModel}: DialectServices): LocalEndpoint {
  return {
    kind: 'local',
    method: 'GET',
    answer({query}) {
      const local = localModel();
      const names = [...new Set([...(local === undefined ? [] : [local]), ...wellKnown])];
      const limit = limitOf(query);
      const after = query.get('after_id') || undefined;
      const before = query.get('before_id') || undefined;
      const start = after === undefined ? 0 : names.indexOf(after) + 1;
      const end = before === undefined ? names.length : Math.max(names.indexOf(before), 0);
      const window = names.slice(start, end);
      const page = before === undefined ? window.slice(0, limit) : window.slice(-limit);
      return jsonAnswer(
        {
          data: page.map(describeModel),
          has_more: page.length < window.length,
          first_id: page[0] ?? null,
          last_id: page.at(-1) ?? null,
        },
        localHeaders,
      );
    },
  };
}

/** `GET /v1/models/{id}`: every name exists. */
export function getModel(): LocalEndpoint {
  return {
    kind: 'local',
    method: 'GET',
    answer: ({params}: RawRequest) => {
      const id = params['model'] ?? '';
      if (id === '') throw new RetakeError('not_found', 'model: the name is empty');
      return jsonAnswer(describeModel(id), localHeaders);
    },
  };
}

const no = {supported: false};
const yes = {supported: true};

/** A model object; limits and dates are omitted, because they cannot be true for every name. */
function describeModel(id: string) {
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: '1970-01-01T00:00:00Z',
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
    max_input_tokens: null,
    max_tokens: null,
    capabilities: {
      batch: no,
      citations: no,
      code_execution: no,
      context_management: {
        supported: false,
        clear_thinking_20251015: null,
        clear_tool_uses_20250919: null,
        compact_20260112: null,
      },
      effort: {supported: true, low: yes, medium: yes, high: yes, max: yes, xhigh: yes},
      image_input: yes,
      pdf_input: yes,
      server_tools: {supported: false, code_execution: no, web_search: no},
      structured_outputs: yes,
      thinking: {
        supported: true,
        types: {adaptive: yes, between_tools: no, disabled: yes, enabled: yes},
      },
    },
  };
}
