import {RetakeError} from '../errors.js';

/**
 * Errors name an option as the library spells it: "the option `bodyLimit`". This table has the flag of the command line for each of them, or
 * the variable of one that has no flag.
 */
export const optionFlags: Readonly<Record<string, string>> = {
  cassette: '--cassette',
  holdRecordings: '--discard-on-failure',
  followLinks: '--follow-links',
  allowModeOverride: '--allow-mode-override',
  allowedHosts: '--allowed-hosts',
  corsOrigins: '--cors-origins',
  bodyLimit: '--body-limit',
  port: '--port',
  'keySettings.forwardModel': '--forward-model',
  'keySettings.pages': '--pages',
  'keySettings.maxPages': '--max-pages',
  'media.allowedHosts': '--allow-url',
  'media.roots': '--media-root',
  dialect: '--dialect',
  path: '--path',
  replace: '--replace',
  upstream: '--model or --upstream',
  upstreamConcurrency: '--upstream-concurrency',
  'upstream.provider': '--upstream provider',
  'upstream.authorization': 'LK_UPSTREAM_AUTH_HEADER',
  'upstream.gemini': '--upstream-gemini',
  'upstream.openai': '--upstream-openai',
  'upstream.anthropic': '--upstream-anthropic',
  'upstream.maxTokensSpent': '--max-tokens-spent',
  'upstream.model': '--model',
  'upstream.mmproj': '--mmproj',
  'upstream.modelUrl': '--model-url',
  'upstream.modelSha256': '--model-sha256',
  'upstream.mmprojUrl': '--mmproj-url',
  'upstream.mmprojSha256': '--mmproj-sha256',
  'upstream.llamaServer': '--llama-server',
  'upstream.python': '--python',
  'upstream.cacheDir': '--cache-dir',
  strictApi: '--strict-api',
  'upstream.engine.contextSize': '--context-size',
  'upstream.engine.ubatchSize': '--ubatch-size',
};

/** The text for the command line: "the option `bodyLimit`" becomes "--body-limit". */
export function optionsAsFlags(text: string): string {
  return replaceOptions(text, (_option, flag) => flag);
}

/** The error for the client of a server that was started either way: "the option `bodyLimit` (--body-limit)". */
export function nameFlags(error: RetakeError): RetakeError {
  const message = withFlags(error.message);
  const hint = error.hint === undefined ? undefined : withFlags(error.hint);
  if (message === error.message && hint === error.hint) return error;
  const {code, status, field, reason, headers, contextLength, body, answered, cause} = error;
  const details = {hint, status, field, reason, headers, contextLength, body, answered, cause};
  return new RetakeError(code, message, details);
}

function withFlags(text: string): string {
  return replaceOptions(text, (option, flag) => `${option} (${flag})`);
}

function replaceOptions(text: string, replace: (option: string, flag: string) => string): string {
  // A flag behind it is from before, if the text is that of an error that a client was answered.
  return text.replaceAll(/(the option `([\w.]+)`)(?: \(--[^)]*\))?/g, (all, option: string, name: string) => {
    const flag = optionFlags[name];
    return flag === undefined ? all : replace(option, flag);
  });
}
