import {placeholderKey} from '../../src/chat/placeholder-key.js';
import {builtInDialects} from '../../src/dialects/registry.js';
import type {Invocation} from './invocation.js';

/**
 * The variables that make an application's unchanged SDKs send their requests to retake, with placeholders for real keys. With
 * `keepsKeys`, the keys that are set stay, because the providers of the APIs ask for them.
 */
export function clientEnvironment(
  address: string,
  inherited: Invocation['environment'],
  {keepsKeys = false}: {readonly keepsKeys?: boolean} = {},
): Readonly<Record<string, string>> {
  const variables = builtInDialects.flatMap(({clientVariables}) =>
    Object.entries(clientVariables(address, inherited)),
  );
  const replaced = variables.filter(
    ([name, value]) => !(keepsKeys && value === placeholderKey && inherited[name]),
  );
  return {RETAKE_URL: address, ...Object.fromEntries(replaced), ...proxyExemption(inherited)};
}

/** retake's own keys for the providers. The command does not get them. */
const ownKeys = ['RETAKE_GEMINI_API_KEY', 'RETAKE_OPENAI_API_KEY', 'RETAKE_ANTHROPIC_API_KEY'];

export const withoutOwnKeys: Readonly<Record<string, undefined>> = Object.fromEntries(
  ownKeys.map(name => [name, undefined]),
);

/** The variables of API keys, and whether one of them is set. */
export function findKeys(inherited: Invocation['environment']): {
  readonly names: readonly string[];
  readonly isAnySet: boolean;
} {
  const names = ['GEMINI_API_KEY', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY'];
  const others = [
    'GOOGLE_API_KEY',
    'GOOGLE_GENERATIVE_AI_API_KEY',
    'AZURE_OPENAI_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
  ];
  return {names, isAnySet: [...ownKeys, ...names, ...others].some(name => inherited[name])};
}

/** Where requests go through an HTTP proxy, those to retake must not. */
function proxyExemption(inherited: Invocation['environment']): Record<string, string> {
  const usesProxy = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].some(name => inherited[name]);
  if (!usesProxy) return {};
  const exempt = [inherited['NO_PROXY'] ?? inherited['no_proxy'], '127.0.0.1', 'localhost'];
  const value = exempt.filter(host => host).join(',');
  return {NO_PROXY: value, no_proxy: value};
}
