import test from 'ava';
import {type JsonObject, parseJson, stringifyJson} from '../../../../src/chat/json.js';
import type {DecodedRequest, Dialect} from '../../../../src/dialects/dialect.js';
import {createOpenai} from '../../../../src/dialects/openai/index.js';
import {asChat, localEndpoint, noSend, questionEndpoint} from '../../../support/dialects.js';

const services = {now: () => 1_760_000_000_000, localModel: () => undefined, send: noSend};

async function upload(openai: Dialect, text: string, type = 'application/pdf'): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([text], {type}), 'a.pdf');
  form.append('purpose', 'user_data');
  const {headers, body} = new Response(form);
  const {body: answer} = await localEndpoint(openai.endpoints['uploadFile']).answer({
    params: {},
    query: new URLSearchParams(),
    headers: {'content-type': headers.get('content-type') ?? ''},
    path: '/v1/files',
    bytes: new Uint8Array(await new Response(body).arrayBuffer()),
  });
  return JSON.parse(String(answer)).id;
}

function ask(openai: Dialect, ...content: JsonObject[]): DecodedRequest {
  const body = {model: 'm', messages: [{role: 'user', content}]};
  return questionEndpoint(openai.endpoints['chatCompletions']).decodeRequest({
    path: '/v1/chat/completions',
    params: {},
    query: new URLSearchParams(),
    headers: {},
    body: parseJson(stringifyJson(body)),
  });
}

test('a file id stands for the uploaded content, and the request depends on stored state', async t => {
  const openai = createOpenai(services);
  const id = await upload(openai, '%PDF-1.7');
  const {request, dependsOnState} = ask(openai, {type: 'file', file: {file_id: id}});
  t.deepEqual(asChat(request).turns[0]?.parts, [
    {
      type: 'attachment',
      source: {kind: 'bytes', bytes: Buffer.from('%PDF-1.7')},
      declaredType: 'application/pdf',
      accepts: 'document',
      field: 'messages[0].content[0].file.file_id',
    },
  ]);
  t.true(dependsOnState);
  t.false(ask(openai, {type: 'text', text: 'hi'}).dependsOnState);
});

test('a generic media type is not declared', async t => {
  const openai = createOpenai(services);
  const id = await upload(openai, 'plain', 'application/octet-stream');
  const [part] = asChat(ask(openai, {type: 'file', file: {file_id: id}}).request).turns[0]?.parts ?? [];
  t.false('declaredType' in (part ?? {}));
});

test('a file that was not uploaded here is refused with its id', t => {
  t.throws(() => ask(createOpenai(services), {type: 'file', file: {file_id: 'file-x'}}), {
    message: 'No such File object: file-x',
  });
});

test('a file is given by its id or inline, not both', async t => {
  const openai = createOpenai(services);
  const id = await upload(openai, '%PDF-1.7');
  t.throws(() => ask(openai, {type: 'file', file: {file_id: id, file_data: 'AAAA'}}), {
    message: /^Mutually exclusive parameters/,
  });
});
