import test from 'ava';
import {locate} from '../../../src/dialects/openai/locate.js';

const finds = test.macro({
  exec(t, path: string, params: Readonly<Record<string, string>> = {}) {
    t.deepEqual(locate('POST', path), {endpoint: 'chatCompletions', params});
  },
  title: (_, path) => `POST ${path} is a chat completion`,
});

test(finds, '/v1/chat/completions');
test(finds, '/chat/completions');
test(finds, '//v1/chat/completions');
test(finds, '/v1//chat/completions');
test(finds, '/v1/chat//completions');
test(finds, '/v1/chat/completions/');
test(finds, '/v1/v1/chat/completions');
test(finds, '/v1beta/openai/chat/completions');
test(finds, '/gateway/team/v1/chat/completions');
test(finds, '/openai/v1/chat/completions');
test(finds, '/openai/deployments/gpt-4o/chat/completions', {deployment: 'gpt-4o'});
test(finds, '//openai/deployments/org%2Fgpt%204/chat/completions', {deployment: 'org/gpt 4'});
test(finds, '/gateway/openai/deployments/deployments/chat/completions', {deployment: 'deployments'});

const leads = test.macro({
  exec(t, line: string, endpoint: string, params: Readonly<Record<string, string>> = {}) {
    const [method = '', path = ''] = line.split(' ');
    t.deepEqual(locate(method, path), {endpoint, params});
  },
  title: (_, line, endpoint) => `${line} is ${endpoint}`,
});

test(leads, 'POST /v1/completions', 'completions');
test(leads, 'POST /completions', 'completions');
test(leads, 'POST /openai/deployments/d/completions', 'completions', {deployment: 'd'});
test(leads, 'POST /v1/embeddings', 'embeddings');
test(leads, 'POST /v1beta/openai/embeddings', 'embeddings');
test(leads, 'POST /openai/deployments/d/embeddings', 'embeddings', {deployment: 'd'});
test(leads, 'GET /v1/models', 'listModels');
test(leads, 'GET /v1beta/openai/models', 'listModels');
test(leads, 'GET /v1/models/gpt-4o', 'getModel', {model: 'gpt-4o'});
test(leads, 'GET /v1/models/org%2Fmodel', 'getModel', {model: 'org/model'});
test(leads, 'GET /v1/models/org/model', 'getModel', {model: 'org/model'});
test(leads, 'GET /v1beta/openai/models/models/gemini-2.5-flash', 'getModel', {
  model: 'models/gemini-2.5-flash',
});
test(leads, 'GET /v1/chat/completions', 'listCompletions');
test(leads, 'GET /v1/chat/completions/chatcmpl-1', 'getCompletion', {completion: 'chatcmpl-1'});
test(leads, 'POST /v1/chat/completions/chatcmpl-1', 'updateCompletion', {completion: 'chatcmpl-1'});
test(leads, 'DELETE /v1/chat/completions/chatcmpl-1', 'deleteCompletion', {completion: 'chatcmpl-1'});
test(leads, 'GET /v1/chat/completions/chatcmpl-1/messages', 'listCompletionMessages', {
  completion: 'chatcmpl-1',
});
test(leads, 'POST /v1/files', 'uploadFile');
test(leads, 'GET /openai/v1/files', 'listFiles');
test(leads, 'GET /v1/files/file-1', 'getFile', {file: 'file-1'});
test(leads, 'GET /v1/files/file-1/content', 'getFileContent', {file: 'file-1'});
test(leads, 'DELETE /v1/files/file-1', 'deleteFile', {file: 'file-1'});
test(leads, 'POST /v1/responses', 'createResponse');
test(leads, 'POST /openai/v1/responses', 'createResponse');
test(leads, 'POST /openai/responses', 'createResponse');
test(leads, 'POST /openai/deployments/d/responses', 'createResponse', {deployment: 'd'});
test(leads, 'POST /v1/responses/input_tokens', 'countInputTokens');
test(leads, 'GET /v1/responses/resp_1', 'getResponse', {response: 'resp_1'});
test(leads, 'DELETE /v1/responses/resp_1', 'deleteResponse', {response: 'resp_1'});
test(leads, 'POST /v1/responses/resp_1/cancel', 'cancelResponse', {response: 'resp_1'});
test(leads, 'GET /v1/responses/resp_1/input_items', 'listInputItems', {response: 'resp_1'});
test(leads, 'DELETE /v1/models/gpt-4o', 'deleteModel', {model: 'gpt-4o'});

const findsNothing = test.macro({
  exec(t, method: string, path: string) {
    t.is(locate(method, path), undefined);
  },
  title: (_, method, path) => `${method} ${path} is not an OpenAI endpoint`,
});

test(findsNothing, 'POST', '/v1/chat');
test(findsNothing, 'POST', '/v1/chatcompletions');
test(findsNothing, 'GET', '/v1/completions');
test(findsNothing, 'GET', '/v1/models/%E0%A4');
test(findsNothing, 'POST', '/v1/models/gpt-4o');
test(findsNothing, 'GET', '/v1/organization/models');
test(findsNothing, 'POST', '/v1/vector_stores/vs_1/files');
test(findsNothing, 'GET', '/v1/containers/c/files/f/content');
test(findsNothing, 'DELETE', '/v1/chat/completions');
test(findsNothing, 'POST', '/completions/chat');
test(findsNothing, 'POST', '/');
test(findsNothing, 'POST', '');
test(findsNothing, 'POST', '/openai/deployments/%E0%A4/chat/completions');
test(findsNothing, 'POST', '/openai/deployments/%/chat/completions');
