import {builtInDialects} from '../../src/dialects/registry.js';
import type {Invocation} from './invocation.js';

/** The variables that make an application's unchanged SDKs send their requests to retake, with placeholders for real keys. */
export function clientEnvironment(
  address: string,
  inherited: Invocation['environment'],
): Readonly<Record<string, string>> {
  const variables = builtInDialects.map(({clientVariables}) => clientVariables(address, inherited));
  return Object.assign({RETAKE_URL: address}, ...variables, proxyExemption(inherited));
}

/** Where requests go through an HTTP proxy, those to retake must not. */
function proxyExemption(inherited: Invocation['environment']): Record<string, string> {
  const usesProxy = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].some(name => inherited[name]);
  if (!usesProxy) return {};
  const exempt = [inherited['NO_PROXY'] ?? inherited['no_proxy'], '127.0.0.1', 'localhost'];
  const value = exempt.filter(host => host).join(',');
  return {NO_PROXY: value, no_proxy: value};
}
