import type {Invocation} from './invocation.js';

/**
 * The variables that make an application's unchanged SDKs ask retake. Real keys are replaced by a placeholder even where they are set:
 * nothing that asks a local model needs one, and what an application does not have it cannot send elsewhere by mistake.
 */
export function clientEnvironment(
  address: string,
  inherited: Invocation['environment'],
): Readonly<Record<string, string>> {
  const always = {
    RETAKE_URL: address,
    GOOGLE_GEMINI_BASE_URL: address,
    GOOGLE_VERTEX_BASE_URL: address,
    OPENAI_BASE_URL: `${address}/v1`,
    // Older OpenAI SDKs, LangChain and LiteLLM read this name.
    OPENAI_API_BASE: `${address}/v1`,
    ANTHROPIC_BASE_URL: address,
    OPENAI_API_KEY: placeholder,
    ANTHROPIC_API_KEY: placeholder,
    GOOGLE_GENERATIVE_AI_API_KEY: placeholder,
    // The Gemini SDKs warn when they find both names, so the second is set only where it already was.
    ...(inherited['GOOGLE_API_KEY'] && !inherited['GEMINI_API_KEY'] ? {} : {GEMINI_API_KEY: placeholder}),
  };
  // These choose another product or another way to sign in, so they are replaced but never introduced.
  const whereSet = {
    GOOGLE_API_KEY: placeholder,
    GOOGLE_GENAI_API_KEY: placeholder,
    ANTHROPIC_AUTH_TOKEN: placeholder,
    AZURE_OPENAI_ENDPOINT: address,
    AZURE_OPENAI_API_KEY: placeholder,
  };
  const replaced = Object.entries(whereSet).filter(([name]) => inherited[name]);
  return {...always, ...Object.fromEntries(replaced), ...proxyExemption(inherited)};
}

const placeholder = 'retake-placeholder';

/** Where requests go through an HTTP proxy, those to retake must not. */
function proxyExemption(inherited: Invocation['environment']): Record<string, string> {
  const usesProxy = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].some(name => inherited[name]);
  if (!usesProxy) return {};
  const exempt = [inherited['NO_PROXY'] ?? inherited['no_proxy'], '127.0.0.1', 'localhost'];
  const value = exempt.filter(host => host).join(',');
  return {NO_PROXY: value, no_proxy: value};
}
