import {randomBytes} from 'node:crypto';
import type {ServerResponse} from 'node:http';
import type {ExecutionContext} from 'ava';
import {type ProvidedRequest, type ProviderServer, providerServer, sendJson} from './provider-server.js';

/** What a provider stores under an id. */
type Stored = {readonly text: string; polls: number};

export type ForgetfulProvider = ProviderServer & {
  /** Forgets everything that it has stored. */
  wipe(): void;
  /** Whether new ids come from a counter that begins anew, so that another object gets an old id. */
  countIds(): void;
};

/**
 * The three APIs with files, caches, batches and stored answers under ids that are new with each creation. An answer tells the contents of
 * all objects that its request names, so that one about another object is noticed; one about an unknown object is a 404.
 */
export async function forgetfulProvider(t: ExecutionContext): Promise<ForgetfulProvider> {
  const stored = new Map<string, Stored>();
  let counter: number | undefined;
  const newId = (prefix: string) =>
    prefix + (counter === undefined ? randomBytes(9).toString('hex') : `number${++counter}`);
  const create = (prefix: string, text: string) => {
    const id = newId(prefix);
    stored.set(id, {text, polls: 0});
    return id;
  };
  const script = (request: ProvidedRequest, response: ServerResponse) => {
    const {method, url, body} = request;
    const {pathname: asked, searchParams} = new URL(url, 'http://provider');
    const pathname = asked.replace(
      /\/v1\/(?=cachedContents|models\/gemini)|(?<=upload)\/v1\/(?=files)/,
      '/v1beta/',
    );
    const text = body.toString('utf8');
    const named = [
      ...`${pathname} ${text} ${searchParams}`.matchAll(
        /(?<![\w-])(?:\w+[-_]|files\/|cachedContents\/)(?:[0-9a-f]{18}|number\d+)(?![\w-])/g,
      ),
    ].map(([id]) => id);
    const unknown = named.find(id => !stored.has(id));
    if (unknown) return sendJson(response, {error: {message: `No such object: ${unknown}`}}, 404);
    const contents = named.map(id => stored.get(id)?.text ?? '').join(' + ');
    const [id = ''] = named;
    switch (`${method} ${pathname.replaceAll(/(?:\w+[-_](?:[0-9a-f]{18}|number\d+))/g, 'ID')}`) {
      case 'POST /v1/files': {
        const content = /name="file"[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(text)?.[1] ?? '';
        const isAnthropic = request.headers['x-api-key'] !== undefined;
        return sendJson(response, {
          id: create(isAnthropic ? 'file_' : 'file-', content),
          ...(isAnthropic ? {type: 'file', filename: 'f.txt'} : {object: 'file', purpose: 'assistants'}),
        });
      }
      case 'GET /v1/files/ID/content':
        return void response.writeHead(200, {'content-type': 'text/plain'}).end(contents);
      case 'POST /v1/batches':
        return sendJson(response, {
          id: create('batch_', contents),
          object: 'batch',
          status: 'in_progress',
          input_file_id: id,
        });
      case 'GET /v1/batches/ID': {
        const batch = stored.get(id);
        const isDone = batch !== undefined && ++batch.polls > 2;
        return sendJson(response, {
          ...{id, object: 'batch', status: isDone ? 'completed' : 'in_progress'},
          output_file_id: isDone ? create('file-', `results of ${batch.text}`) : null,
        });
      }
      case 'POST /v1/responses':
        return sendJson(
          response,
          responseOf(create('resp_', `an answer about ${contents}`), create('msg_', ''), `About ${contents}`),
        );
      case 'POST /v1/messages':
        return sendJson(response, {
          ...{
            id: newId('msg_'),
            type: 'message',
            role: 'assistant',
            model: 'claude',
            stop_reason: 'end_turn',
            stop_sequence: null,
          },
          content: [{type: 'text', text: `About ${contents}`}],
          usage: {input_tokens: 1, output_tokens: 1},
        });
      case 'POST /upload/v1beta/files': {
        const upload = searchParams.get('upload_id');
        if (upload === null) {
          const next = create('upload_', '');
          response.setHeader(
            'x-goog-upload-url',
            `http://${request.headers.host}/upload/v1beta/files?upload_id=${next}&upload_protocol=resumable`,
          );
          response.setHeader('x-goog-upload-status', 'active');
          return sendJson(response, {});
        }
        const sofar = (stored.get(upload)?.text ?? '') + text;
        stored.set(upload, {text: sofar, polls: 0});
        const isLast = String(request.headers['x-goog-upload-command']).includes('finalize');
        response.setHeader('x-goog-upload-status', isLast ? 'final' : 'active');
        if (!isLast) return sendJson(response, {});
        const name = create('files/', sofar);
        return sendJson(response, {
          file: {
            name,
            uri: `https://generativelanguage.googleapis.com/v1beta/${name}`,
            mimeType: 'text/plain',
            state: 'ACTIVE',
          },
        });
      }
      case 'POST /v1beta/cachedContents':
        return sendJson(response, {name: create('cachedContents/', contents), model: 'models/gemini'});
      case 'POST /v1beta/models/gemini:generateContent':
        return sendJson(response, {
          candidates: [
            {content: {role: 'model', parts: [{text: `About ${contents}`}]}, finishReason: 'STOP'},
          ],
          usageMetadata: {promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2},
          responseId: newId('answer'),
        });
      default:
        return sendJson(response, {error: {message: `Unexpected ${method} ${url}`}}, 404);
    }
  };
  const server = await providerServer(t, script);
  return {
    ...server,
    wipe: () => stored.clear(),
    countIds() {
      counter = 0;
    },
  };
}

function responseOf(id: string, messageId: string, text: string) {
  return {
    ...{id, object: 'response', created_at: 1, status: 'completed', model: 'gpt', parallel_tool_calls: true},
    ...{tools: [], tool_choice: 'auto', error: null, incomplete_details: null},
    output: [
      {
        ...{type: 'message', id: messageId, status: 'completed', role: 'assistant'},
        content: [{type: 'output_text', text, annotations: []}],
      },
    ],
    usage: {input_tokens: 1, output_tokens: 1, total_tokens: 2},
  };
}
