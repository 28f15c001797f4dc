import test from 'ava';
import {omitUndefined} from '../../../../src/chat/omit-undefined.js';
import {rawServer} from '../../../support/raw-server.js';
import {echoing, failing, scriptedProps, scriptedUpstream} from '../../../support/scripted-upstream.js';
import {buildModel} from '../../asking.js';

const gemmaTemplate =
  '{{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}';

test('llama-server reports its model, build, slots and abilities', async t => {
  const props = {
    ...scriptedProps,
    model_path: '/models/gemma-3-4b-it-Q4_K_M.gguf',
    build_info: 'b11549-abc',
    total_slots: 4,
    modalities: {vision: true, audio: false},
    chat_template_caps: {supports_tools: true, supports_system_role: true},
  };
  const upstream = await scriptedUpstream(t, echoing(), {props});
  t.deepEqual(omitUndefined(await buildModel(t, upstream).describe()), {
    isLlamaServer: true,
    model: 'gemma-3-4b-it-Q4_K_M.gguf',
    engine: 'b11549-abc',
    slots: 4,
    supportsImages: true,
    supportsTools: true,
    callsInParallel: false,
    supportsSystemRole: true,
    alternatesRoles: false,
  });
});

const detects = test.macro({
  title: (_, what: string) => `${what} is detected in the template`,
  async exec(t, _what: string, chat_template: string, expected: object) {
    const upstream = await scriptedUpstream(t, echoing(), {
      props: {...scriptedProps, chat_template, chat_template_caps: {}},
    });
    t.like(await buildModel(t, upstream).describe(), expected);
  },
});

test(detects, 'a requirement of alternating roles', gemmaTemplate, {
  alternatesRoles: true,
  supportsSystemRole: true,
});
test(detects, 'a lack of the system role', '{{ raise_exception("System role not supported") }}', {
  supportsSystemRole: false,
});

test('a server without /props is assumed to support every feature, and named by its one model', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null, models: ['Qwen/Qwen3-4B']});
  t.deepEqual(omitUndefined(await buildModel(t, upstream).describe()), {
    isLlamaServer: false,
    model: 'Qwen/Qwen3-4B',
    defaultModel: 'Qwen/Qwen3-4B',
    supportsImages: true,
    supportsTools: true,
    callsInParallel: true,
    supportsSystemRole: true,
    alternatesRoles: false,
  });
});

const named = test.macro({
  title: (_, models: readonly string[]) => `served models ${models.join(', ')}`,
  async exec(t, models: readonly string[], defaultModel: string | undefined, alternatesRoles: boolean) {
    const upstream = await scriptedUpstream(t, echoing(), {props: null, models});
    const description = await buildModel(t, upstream).describe();
    t.is(description.defaultModel, defaultModel);
    t.is(description.alternatesRoles, alternatesRoles);
  },
});

test(named, ['google/gemma-3-4b-it'], 'google/gemma-3-4b-it', true);
test(named, ['google/gemma3-27b'], 'google/gemma3-27b', true);
test(named, ['google/gemma-4-9b'], 'google/gemma-4-9b', false);
test(named, ['gpt-4o', 'gpt-4o-mini'], undefined, false);
test(named, [], undefined, false);

test('a server that answers every path with a page has unknown abilities', async t => {
  const page = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<p>Welcome</p>';
  const url = await rawServer(t, socket => socket.on('data', () => socket.write(page)));
  t.like(await buildModel(t, {url}).describe(), {isLlamaServer: false, supportsTools: true});
});

const unreachable = test.macro({
  title: (_, status: number) => `a server that answers ${status} is not described`,
  async exec(t, status: number, code: string) {
    const body = JSON.stringify({error: {code: status, message: 'Loading model'}});
    const head = `HTTP/1.1 ${status} No\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const url = await rawServer(t, socket => socket.on('data', () => socket.write(head + body)));
    await t.throwsAsync(buildModel(t, {url}).describe(), {code, message: /Loading model/});
  },
});

test(unreachable, 401, 'upstream_unauthorized');
test(unreachable, 502, 'upstream_failed');
test(unreachable, 503, 'upstream_unavailable');

test('a server that was loading is asked again', async t => {
  const upstream = await scriptedUpstream(t, failing(503, {error: {message: 'Loading model'}}), {
    props: null,
  });
  const model = buildModel(t, upstream);
  await upstream.close();
  await t.throwsAsync(model.describe(), {code: 'upstream_unavailable'});
  await scriptedUpstream(t, echoing(), {port: Number(new URL(upstream.url).port)});
  t.like(await model.describe(), {model: 'scripted-model.gguf'});
});

test('a caller that stops waiting for a description does not stop the others', async t => {
  const upstream = await scriptedUpstream(t);
  const model = buildModel(t, upstream);
  const impatient = new AbortController();
  const [first, second] = [model.describe(impatient.signal), model.describe()];
  impatient.abort();
  await t.throwsAsync(first, {code: 'client_closed'});
  t.like(await second, {model: 'scripted-model.gguf'});
});
