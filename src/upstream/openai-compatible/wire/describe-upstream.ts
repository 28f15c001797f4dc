import {isJsonObject, type JsonObject, type JsonValue, parseJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {type Connection, readBeginning} from './connection.js';
import {parseRefusal, refusalError} from './upstream-failure.js';
import {openWatch} from './watch.js';

const patience = 10_000;
const longestDescription = 8 * 1024 * 1024;

/**
 * Asks a server what it is: llama-server by `GET /props`, another one by the models that it lists. Whatever it does not tell is assumed
 * to work, for a server that lacks it says so when it is asked.
 * @throws RetakeError `upstream_unavailable` when it cannot be reached or is loading, `upstream_unauthorized`, `upstream_timeout`.
 */
export async function describeUpstream(connection: Connection): Promise<UpstreamDescription> {
  const {rootPath, apiPath} = connection.address;
  const props = await getJson(connection, `${rootPath}/props`);
  if (isJsonObject(props) && ('chat_template' in props || 'total_slots' in props))
    return describeLlamaServer(props);
  return describeOther(await getJson(connection, `${apiPath}/models`));
}

function describeLlamaServer(props: JsonObject): UpstreamDescription {
  const {build_info: engine, total_slots: slots, modalities, chat_template: template} = props;
  const caps = isJsonObject(props['chat_template_caps']) ? props['chat_template_caps'] : {};
  const model = shortName(props['model_alias']) ?? shortName(props['model_path']);
  const templateText = typeof template === 'string' ? template : '';
  return {
    isLlamaServer: true,
    ...(model !== undefined && {model}),
    ...(typeof engine === 'string' && {engine}),
    ...(typeof slots === 'number' && slots > 0 && {slots}),
    supportsImages: isJsonObject(modalities) && modalities['vision'] === true,
    supportsTools: caps['supports_tools'] === true,
    callsInParallel: caps['supports_parallel_tool_calls'] === true,
    supportsSystemRole:
      caps['supports_system_role'] !== false && !/system role not supported/i.test(templateText),
    alternatesRoles: /roles must alternate/i.test(templateText),
  };
}

/** A model's name without the folder of its file, which says more of the server's disk than of the model. */
export function shortName(model: JsonValue | undefined): string | undefined {
  return typeof model === 'string' ? model.split(/[\\/]/).at(-1) || undefined : undefined;
}

/** A server with one model is asked for that one; with several, the choice is the client's. */
function describeOther(list: JsonValue | undefined): UpstreamDescription {
  const models = isJsonObject(list) && Array.isArray(list['data']) ? list['data'] : [];
  const [only] = models;
  const id = models.length === 1 && isJsonObject(only) ? only['id'] : undefined;
  const model = typeof id === 'string' ? id : undefined;
  return {
    isLlamaServer: false,
    ...(model !== undefined && {model, asksFor: model}),
    supportsImages: true,
    supportsTools: true,
    callsInParallel: true,
    supportsSystemRole: true,
    // Its template cannot be seen, but Gemma's own makes this demand up to its third generation.
    alternatesRoles: /gemma-?[123](?!\d)/i.test(model ?? ''),
  };
}

/** What a server says at a path; undefined when it has nothing there. */
async function getJson(connection: Connection, path: string): Promise<JsonValue | undefined> {
  const {display} = connection.address;
  const watch = openWatch(new AbortController().signal);
  watch.expect(
    patience,
    `The upstream at ${display} was silent for ${patience / 1000} s when it was asked what it is`,
  );
  try {
    const {status, body} = await watch.until(connection.send({method: 'GET', path, signal: watch.signal}));
    const text = await watch.until(readBeginning(body, longestDescription));
    if (status === 401 || status >= 502) throw refusalError(parseRefusal(status, text), connection.address);
    return status === 200 ? parseJson(text) : undefined;
  } catch (error) {
    // A page for people at this path is as good as nothing.
    if (error instanceof RetakeError && error.code === 'invalid_request') return undefined;
    throw error;
  } finally {
    watch.close();
  }
}
