import {isJsonObject} from '../../chat/json.js';
import type {DialectTraits} from '../dialect.js';
import {placeholderKey, replaceSet} from '../kit/client-variables.js';

export const anthropicTraits: DialectTraits = {
  name: 'anthropic',
  provider: {
    baseUrl: 'https://api.anthropic.com',
    modelList: '/v1/models',
    keyVariable: 'ANTHROPIC_API_KEY',
    keyHeaders: ['authorization', 'x-api-key'],
    versionHeader: ['anthropic-version', '2023-06-01'],
    keyHeader: key => ['x-api-key', key],
  },
  claims({path, headers}) {
    if (/\/v1\/messages(?:\/|$)/.test(path) || isClaudeCodePath(path)) return 'certain';
    return headers['anthropic-version'] === undefined ? undefined : 'signature';
  },
  guess(body) {
    const {tools} = body;
    const hasOwnTool =
      Array.isArray(tools) && tools.some(tool => isJsonObject(tool) && 'input_schema' in tool);
    return {path: '/v1/messages', fits: hasOwnTool || ownFields.some(name => name in body)};
  },
  answerHeaders: {byValue: ['anthropic-version'], byPresence: []},
  clientVariables(address, inherited) {
    return {
      ANTHROPIC_BASE_URL: address,
      ANTHROPIC_API_KEY: placeholderKey,
      ...replaceSet(inherited, {ANTHROPIC_AUTH_TOKEN: placeholderKey}),
    };
  },
};

/** What Claude Code asks for besides the API: whether the server is there, and to take its telemetry. */
function isClaudeCodePath(path: string): boolean {
  return /\/api\/(?:hello|event_logging(?:\/[^/]+)*)$/.test(path);
}

const ownFields = ['system', 'stop_sequences', 'anthropic_version'];
