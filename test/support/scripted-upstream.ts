import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text as readText} from 'node:stream/consumers';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';

/** A request as received. */
export type ReceivedRequest = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member of a body
  readonly body: any;
  /** The body as it was sent. */
  readonly text: string;
};

/** What a script can do with one request. */
export type Exchange = {
  readonly request: ReceivedRequest;
  /** How many requests came before this one. */
  readonly index: number;
  readonly response: ServerResponse;
  /** Writes bytes unchanged; the head is sent first, as an event stream unless it was written before. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Writes one event. */
  event(data: unknown): Promise<void>;
  wait(milliseconds: number): Promise<void>;
  end(): void;
  /** Breaks the connection. */
  cut(): void;
};

/** How a request is answered. If it returns without an end or a cut, the connection stays open and silent. */
export type Script = (exchange: Exchange) => Promise<void> | void;

export type ScriptedUpstreamOptions = {
  /** The answer to `GET /props`; null for a server that has no such route. */
  readonly props?: object | null;
  /** The ids that `GET /v1/models` lists, or the message with which it refuses the credential. */
  readonly models?: readonly string[] | {readonly refusal: string};
  /** How requests other than chats are answered, by the end of their path; without an entry the server has no such route. */
  readonly routes?: Readonly<Record<string, Script>>;
  /** Default: a free one. */
  readonly port?: number;
};

export type ScriptedUpstream = {
  /** Base address, with `/v1`. */
  readonly url: string;
  /** The requests so far, in order. */
  readonly requests: readonly ReceivedRequest[];
  /** Every requested path, including `GET /props`. */
  readonly paths: readonly string[];
  /** How many requests the client cancelled before their answer ended. */
  readonly aborted: number;
  /** Answers by another script from now on. */
  follow(script: Script): void;
  /** Answers `GET /props` no earlier than this. */
  delayDescriptions(until: Promise<void>): void;
  /** Resolves when this many requests have arrived. */
  untilAsked(count: number): Promise<void>;
  /** Resolves when this many requests have been cancelled. */
  untilAborted(count: number): Promise<void>;
  close(): Promise<void>;
};

/** Like llama-server's, as far as retake reads it. */
export const scriptedProps = {
  model_path: '/models/scripted-model.gguf',
  build_info: 'b1-scripted',
  total_slots: 1,
  modalities: {vision: false, audio: false},
  chat_template: "{% for message in messages %}{{ message.role + ': ' + message.content }}{% endfor %}",
  chat_template_caps: {supports_tools: false, supports_system_role: true, supports_typed_content: false},
};

/** A real HTTP server on loopback with scripted chat completions; it ends with the test. */
export async function scriptedUpstream(
  t: ExecutionContext,
  script: Script = echoing(),
  {props = scriptedProps, models = ['scripted-model'], routes = {}, port = 0}: ScriptedUpstreamOptions = {},
): Promise<ScriptedUpstream> {
  const requests: ReceivedRequest[] = [];
  const paths: string[] = [];
  const listeners = new Set<() => void>();
  let follows = script;
  let mayDescribe = Promise.resolve();
  let aborted = 0;
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const until = (isReached: () => boolean) =>
    new Promise<void>(resolve => {
      const check = () => {
        if (!isReached()) return;
        listeners.delete(check);
        resolve();
      };
      listeners.add(check);
      check();
    });

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const path = incoming.url ?? '/';
    paths.push(`${incoming.method} ${path}`);
    const {pathname} = new URL(path, 'http://upstream');
    if (incoming.method === 'GET' && pathname.endsWith('/props') && props) {
      await mayDescribe;
      return sendJson(response, 200, props);
    }
    if (incoming.method === 'GET' && pathname.endsWith('/models')) {
      if ('refusal' in models) return sendJson(response, 401, {error: {message: models.refusal}});
      return sendJson(response, 200, {object: 'list', data: models.map(id => ({id, object: 'model'}))});
    }
    const route = Object.keys(routes).find(end => pathname.endsWith(end));
    if (route === undefined && !pathname.endsWith('/chat/completions')) {
      return sendJson(response, 404, {
        error: {code: 404, message: 'File Not Found', type: 'not_found_error'},
      });
    }
    const text = await readText(incoming);
    const request = {path, headers: incoming.headers, body: JSON.parse(text), text};
    const exchange = exchangeOf(request, requests.length, response);
    requests.push(request);
    response.on('close', () => {
      if (!response.writableEnded && !exchange.wasCut()) aborted++;
      changed();
    });
    changed();
    await (route === undefined ? follows : routes[route])?.(exchange);
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(error => response.destroy(error));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  t.teardown(close);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    paths,
    get aborted() {
      return aborted;
    },
    follow(next) {
      follows = next;
    },
    delayDescriptions(until) {
      mayDescribe = until;
    },
    untilAsked: count => until(() => requests.length >= count),
    untilAborted: count => until(() => aborted >= count),
    close,
  };
}

/** Echoes the last message, word by word: once for each candidate. */
export function echoing(): Script {
  return exchange => {
    const {messages} = exchange.request.body;
    return answering(`You said: ${messages.at(-1)?.content}`.split(/(?= )/))(exchange);
  };
}

/** Continues a text with these deltas, as `/v1/completions` of llama-server does. */
export function continuing(deltas: readonly string[], finish = 'stop'): Script {
  return async exchange => {
    const {n = 1, logprobs: top} = exchange.request.body;
    const text = (index: number, said: string, logprobs: object | null, reason: string | null = null) => ({
      object: 'text_completion',
      model: 'scripted-model',
      choices: [{index, text: said, logprobs, finish_reason: reason}],
    });
    for (let index = 0; index < n; index++) {
      for (const delta of deltas) {
        const logprobs = top === undefined ? null : {content: [tokenLogprob(delta, top)]};
        await exchange.event(text(index, delta, logprobs));
      }
      await exchange.event(text(index, '', null, finish));
    }
    await exchange.event(usageChunk(7, deltas.length * n));
    await exchange.write('data: [DONE]\n\n');
    exchange.end();
  };
}

/** Answers in one piece with the result for the body of the request. */
// biome-ignore lint/suspicious/noExplicitAny: tests read any member of a body
export function replying(reply: (body: any) => object): Script {
  return ({request, response}) => sendJson(response, 200, reply(request.body));
}

export type AnswerOptions = {
  readonly finish?: string;
  /** Milliseconds before each delta. */
  readonly pause?: number;
  readonly promptTokens?: number;
};

/** Answers with these deltas and ends correctly. */
export function answering(
  deltas: readonly string[],
  {finish = 'stop', pause = 0, promptTokens = 7}: AnswerOptions = {},
): Script {
  return async exchange => {
    const {n = 1, logprobs, top_logprobs: top = 0} = exchange.request.body;
    const candidates = Array.from({length: n}, (_, index) => index);
    await tellProgress(exchange, promptTokens);
    for (const index of candidates) await exchange.event(chunk(index, {role: 'assistant', content: null}));
    for (const delta of deltas) {
      await exchange.wait(pause);
      for (const index of candidates) {
        await exchange.event(
          chunk(index, {content: delta}, logprobs && {content: [tokenLogprob(delta, top)]}),
        );
      }
    }
    for (const index of candidates) await exchange.event(chunk(index, {}, undefined, finish));
    await exchange.event(usageChunk(promptTokens, deltas.length * n));
    await exchange.write('data: [DONE]\n\n');
    exchange.end();
  };
}

/** Sends these deltas and then breaks the connection. */
export function cuttingAfter(deltas: readonly string[]): Script {
  return async exchange => {
    await tellProgress(exchange);
    for (const delta of deltas) await exchange.event(chunk(0, {content: delta}));
    exchange.cut();
  };
}

/** Answers with a status and a body: an object as JSON, a string as it is. */
export function failing(status: number, body: object | string, headers: Record<string, string> = {}): Script {
  return ({response}) => {
    if (typeof body === 'object') return sendJson(response, status, body, headers);
    response.writeHead(status, {'content-type': 'text/html', ...headers}).end(body);
  };
}

/** Sends these deltas, if any, and then nothing more; the connection stays open. */
export function hanging(deltas: readonly string[] = []): Script {
  return async exchange => {
    if (deltas.length > 0) await tellProgress(exchange);
    for (const delta of deltas) await exchange.event(chunk(0, {content: delta}));
  };
}

/** As a llama-server does if it is asked to; Gemini streams wait for it. */
async function tellProgress(exchange: Parameters<Script>[0], promptTokens = 7): Promise<void> {
  if (exchange.request.body.return_progress) await exchange.event(progressChunk(promptTokens));
}

/** Breaks the connection without sending anything. */
export function closingAtOnce(): Script {
  return exchange => exchange.cut();
}

/** Sends these bytes as an event stream and ends, however invalid they are. */
export function sending(...pieces: readonly (string | Uint8Array)[]): Script {
  return async exchange => {
    for (const piece of pieces) await exchange.write(piece);
    exchange.end();
  };
}

/** The n-th request is answered by the n-th script; the last one repeats. */
export function inTurn(...scripts: readonly [Script, ...Script[]]): Script {
  return exchange => (scripts[exchange.index] ?? scripts.at(-1))?.(exchange);
}

/** A chunk as llama-server writes it. */
export function chunk(index: number, delta: object, logprobs?: object, finish: string | null = null): object {
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'scripted-model',
    system_fingerprint: 'b1-scripted',
    choices: [{index, delta, ...(logprobs && {logprobs}), finish_reason: finish}],
  };
}

/** The progress of a prompt, with which llama-server says how long it is before it answers. */
export function progressChunk(promptTokens: number): object {
  const progress = {total: promptTokens, cache: 0, processed: promptTokens, time_ms: 1};
  return {...chunk(0, {role: 'assistant', content: null}), prompt_progress: progress};
}

export function usageChunk(promptTokens: number, completionTokens: number): object {
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'scripted-model',
    choices: [],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: {cached_tokens: 3},
    },
  };
}

/** A token with more alternatives than requested, as servers send them. */
function tokenLogprob(token: string, top: number): object {
  const choice = (text: string, logprob: number) => ({
    id: text.length,
    token: text,
    bytes: [...Buffer.from(text)],
    logprob,
  });
  const alternatives = Array.from({length: top + 2}, (_, index) => choice(`${token}${index}`, -1 - index));
  return {...choice(token, -0.5), top_logprobs: alternatives};
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {'content-type': 'application/json', ...headers}).end(JSON.stringify(body));
}

function exchangeOf(
  request: ReceivedRequest,
  index: number,
  response: ServerResponse,
): Exchange & {wasCut(): boolean} {
  let cut = false;
  const write = async (bytes: string | Uint8Array) => {
    if (response.destroyed) return;
    if (!response.headersSent) response.writeHead(200, {'content-type': 'text/event-stream'});
    if (response.write(bytes)) return;
    const done = new AbortController();
    const {signal} = done;
    await Promise.race([once(response, 'drain', {signal}), once(response, 'close', {signal})]);
    done.abort();
  };
  return {
    request,
    index,
    response,
    write,
    event: data => write(`data: ${JSON.stringify(data)}\n\n`),
    wait: async milliseconds => {
      if (milliseconds > 0) await sleep(milliseconds);
    },
    end: () => void response.end(),
    cut: () => {
      cut = true;
      // Earlier writes must arrive before the connection breaks.
      setImmediate(() => response.destroy());
    },
    wasCut: () => cut,
  };
}
