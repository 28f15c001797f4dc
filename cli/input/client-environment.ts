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

/** The variables of the providers' keys, in the order in which messages name them. */
const keyVariables = ['GEMINI_API_KEY', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY'];

/** The variables that have the key of each provider: retake's own, the one of the SDKs, and others. */
export const providerKeyVariables: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  builtInDialects.flatMap(({name, provider}) => {
    if (!provider) return [];
    const {keyVariable} = provider;
    const others = keyVariable === 'GEMINI_API_KEY' ? ['GOOGLE_API_KEY'] : [];
    return [[name, [ownKeyVariable(keyVariable), keyVariable, ...others]]];
  }),
);

/** retake's own keys for the providers. The command does not get them. */
const ownKeys = keyVariables.map(ownKeyVariable);

/** The variable of retake's own key for a provider. */
function ownKeyVariable(keyVariable: string): string {
  return `RETAKE_${keyVariable}`;
}

export const withoutOwnKeys: Readonly<Record<string, undefined>> = Object.fromEntries(
  ownKeys.map(name => [name, undefined]),
);

/** The variables of API keys, and whether one of them is set. */
export function findKeys(inherited: Invocation['environment']): {
  readonly names: readonly string[];
  readonly isAnySet: boolean;
} {
  const others = [
    'GOOGLE_API_KEY',
    'GOOGLE_GENERATIVE_AI_API_KEY',
    'AZURE_OPENAI_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
  ];
  return {
    names: keyVariables,
    isAnySet: [...ownKeys, ...keyVariables, ...others].some(name => inherited[name]),
  };
}

/** Where requests go through an HTTP proxy, those to retake must not. */
function proxyExemption(inherited: Invocation['environment']): Record<string, string> {
  const usesProxy = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].some(name => inherited[name]);
  if (!usesProxy) return {};
  const exempt = [inherited['NO_PROXY'] ?? inherited['no_proxy'], '127.0.0.1', 'localhost'];
  const value = exempt.filter(host => host).join(',');
  return {NO_PROXY: value, no_proxy: value};
}
