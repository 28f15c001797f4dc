import {isJsonObject, type JsonObject, type JsonValue, listOf, parseJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {type Connection, readBeginning} from './connection.js';
import {parseErrorResponse, responseError} from './upstream-failure.js';
import {startWatchdog} from './watchdog.js';

const timeoutMs = 10_000;
const maximumBytes = 8 * 1024 * 1024;

/**
 * Describes a server: llama-server by `GET /props`, another one by its list of models. A feature that the server does not report is
 * assumed to work: a server without it rejects the request.
 * @throws RetakeError `upstream_unavailable` if it cannot be reached or is loading, `upstream_unauthorized`, `upstream_timeout`
 */
export async function describeUpstream(connection: Connection): Promise<UpstreamDescription> {
  const {rootPath} = connection.address;
  const props = await getJson(connection, `${rootPath}/props`);
  if (isJsonObject(props.value) && ('chat_template' in props.value || 'total_slots' in props.value))
    return describeLlamaServer(props.value);
  const list = await listModels(connection);
  // llama-server lists its model without a credential. A gateway may ask for one on every path that it does not have.
  const isLlamaServer = list.some(model => isJsonObject(model) && model['owned_by'] === 'llamacpp');
  if (props.failure && isLlamaServer) throw props.failure;
  return describeOther(list);
}

/** The models that a server lists; none if it has no such list. @throws RetakeError as `describeUpstream` */
export async function listModels(connection: Connection): Promise<readonly JsonValue[]> {
  const {value, failure} = await getJson(connection, `${connection.address.apiPath}/models`);
  if (failure && !wantsOtherHeader(failure)) throw failure;
  return isJsonObject(value) ? listOf(value['data']) : [];
}

/** Whether a list of models needs its key in another header than chats, as Anthropic's does: that says nothing of the chats. */
function wantsOtherHeader({message}: RetakeError): boolean {
  return /x-api-key|bearer/i.test(message);
}

function describeLlamaServer(props: JsonObject): UpstreamDescription {
  const {build_info: engine, total_slots: slots, modalities, chat_template: template} = props;
  const caps = isJsonObject(props['chat_template_caps']) ? props['chat_template_caps'] : {};
  const model = shortName(props['model_alias']) ?? shortName(props['model_path']);
  const templateText = typeof template === 'string' ? template : '';
  return {
    isLlamaServer: true,
    model,
    engine: typeof engine === 'string' ? engine : undefined,
    slots: typeof slots === 'number' && slots > 0 ? slots : undefined,
    supportsImages: isJsonObject(modalities) && modalities['vision'] === true,
    supportsTools: caps['supports_tools'] === true,
    callsInParallel: caps['supports_parallel_tool_calls'] === true,
    supportsSystemRole:
      caps['supports_system_role'] !== false && !/system role not supported/i.test(templateText),
    alternatesRoles: /roles must alternate/i.test(templateText),
  };
}

/** A model's name without the folder of its file. */
export function shortName(model: JsonValue | undefined): string | undefined {
  return typeof model === 'string' ? model.split(/[\\/]/).at(-1) || undefined : undefined;
}

/** The only model of a server is its default; with several models the client chooses. */
function describeOther(models: readonly JsonValue[]): UpstreamDescription {
  const [only] = models;
  const id = models.length === 1 && isJsonObject(only) ? only['id'] : undefined;
  const model = typeof id === 'string' ? id : undefined;
  return {
    isLlamaServer: false,
    model,
    defaultModel: model,
    supportsImages: true,
    supportsTools: true,
    callsInParallel: true,
    supportsSystemRole: true,
    // The server does not show its template; Gemma's own requires alternating roles up to Gemma 3.
    alternatesRoles: /gemma-?[123](?!\d)/i.test(model ?? ''),
  };
}

type Described = {
  /** Undefined if the server has no JSON there. */
  readonly value?: JsonValue;
  /** Present if the server asks for another credential. */
  readonly failure?: RetakeError;
};

async function getJson(connection: Connection, path: string): Promise<Described> {
  const {display} = connection.address;
  const watchdog = startWatchdog(new AbortController().signal);
  watchdog.arm(
    timeoutMs,
    `The upstream at ${display} sent nothing for ${timeoutMs / 1000} s while retake waited for ${path}`,
  );
  try {
    const {status, body} = await watchdog.race(
      connection.send({method: 'GET', path, signal: watchdog.signal}),
    );
    const text = await watchdog.race(readBeginning(body, maximumBytes));
    if (status !== 200 && status !== 401 && status < 502) return {};
    if (status !== 200) {
      const failure = responseError(parseErrorResponse(status, text), connection.address);
      if (status === 401) return {failure};
      throw failure;
    }
    return {value: parseJson(text)};
  } catch (error) {
    // A page that is not JSON counts as nothing.
    if (error instanceof RetakeError && error.code === 'invalid_request') return {};
    throw error;
  } finally {
    watchdog.stop();
  }
}
