import test from 'ava';
import {gemini} from '../../support/dialects.js';

const finds = test.macro({
  exec(t, path: string, model: string, endpoint = 'generateContent') {
    t.deepEqual(gemini.locate('POST', path), {endpoint, params: {model}});
  },
  title: (_, path: string) => `${path} is found`,
});

for (const version of ['v1', 'v1beta', 'v1alpha', 'v1beta1']) {
  test(finds, `/${version}/models/gemini-2.5-flash:generateContent`, 'gemini-2.5-flash');
  test(finds, `/${version}/models/x:streamGenerateContent`, 'x', 'streamGenerateContent');
}
test(finds, '//v1beta/models/x:generateContent', 'x');
test(finds, '/gemini/v1/models/x:generateContent', 'x');
test(finds, '/models/x:generateContent', 'x');
test(finds, '/v1beta/v1beta/models/x:generateContent', 'x');
test(finds, '/v1beta//models/x:generateContent', 'x');
test(finds, '/v1beta/tunedModels/mine:generateContent', 'tunedModels/mine');
test(finds, '/v1beta/dynamic/router:generateContent', 'dynamic/router');
test(finds, '/v1beta/models/publishers/google/models/x:generateContent', 'x');
test(finds, '/v1beta1/publishers/google/models/x:generateContent', 'x');
test(finds, '/v1beta1/projects/p/locations/l/publishers/google/models/x:generateContent', 'x');
test(finds, '/v1/projects/p/locations/l/endpoints/123:generateContent', 'endpoints/123');
test(finds, '/v1/models/org%2Fmodel:generateContent', 'org/model');
test(finds, '/v1/models/x%3AgenerateContent', 'x');
test(finds, '/v1/models/gemma3:4b:generateContent', 'gemma3:4b');
test(finds, '/v1/models/%C3%A9t%C3%A9:generateContent', 'été');

const misses = test.macro({
  exec(t, method: string, path: string) {
    t.is(gemini.locate(method, path), undefined);
  },
  title: (_, method: string, path: string) => `${method} ${path} is not found`,
});

test(misses, 'GET', '/v1/models/x:generateContent');
test(misses, 'POST', '/v1/models/x');
test(misses, 'POST', '/v1/models/x:countTokens');
test(misses, 'POST', '/v1/models/:generateContent');
test(misses, 'POST', '/v1/chat/completions');
test(misses, 'POST', '/v1/models/%E0%A4%A:generateContent');
test(misses, 'POST', '/v1/models/x:generateContent/more');
test(misses, 'POST', '/v1/notmodels/x:generateContent');
