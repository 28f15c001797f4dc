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
test(leads, 'DELETE /v1/models/gpt-4o', 'deleteModel', {model: 'gpt-4o'});

const findsNothing = test.macro({
  exec(t, method: string, path: string) {
    t.is(locate(method, path), undefined);
  },
  title: (_, method, path) => `${method} ${path} is nothing of ours`,
});

test(findsNothing, 'GET', '/v1/chat/completions');
test(findsNothing, 'GET', '/v1/chat/completions/chatcmpl-1');
test(findsNothing, 'POST', '/v1/chat/completions/chatcmpl-1');
test(findsNothing, 'POST', '/v1/chat');
test(findsNothing, 'POST', '/v1/chatcompletions');
test(findsNothing, 'GET', '/v1/completions');
test(findsNothing, 'GET', '/v1/models/%E0%A4');
test(findsNothing, 'POST', '/v1/models/gpt-4o');
test(findsNothing, 'GET', '/v1/organization/models');
test(findsNothing, 'POST', '/completions/chat');
test(findsNothing, 'POST', '/');
test(findsNothing, 'POST', '');
test(findsNothing, 'POST', '/openai/deployments/%E0%A4/chat/completions');
test(findsNothing, 'POST', '/openai/deployments/%/chat/completions');
