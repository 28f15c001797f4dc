import test, {type ExecutionContext} from 'ava';
import {externalUpstream} from '../../../src/upstream/openai-compatible/external-upstream.js';
import type {HttpModelOptions} from '../../../src/upstream/openai-compatible/http-model.js';
import type {Upstream} from '../../../src/upstream/upstream.js';
import {echoing, failing, scriptedUpstream} from '../../support/scripted-upstream.js';
import {collect, failureOf, present, question, textOf} from '../asking.js';

test('an external upstream answers without being started', async t => {
  const {url} = await scriptedUpstream(t);
  t.is(textOf(await collect(build(t, {url}).model(question('Hi'), present()))), 'You said: Hi');
});

test('its state follows its answers', async t => {
  const scripted = await scriptedUpstream(t);
  const upstream = build(t, scripted);
  t.deepEqual(upstream.state, {
    phase: 'idle',
    name: scripted.url,
    detail: `upstream ${scripted.url}: no request yet`,
  });
  upstream.start();
  t.is(upstream.state.phase, 'starting');
  await upstream.ready();
  t.deepEqual(upstream.state, {
    phase: 'ready',
    name: scripted.url,
    detail: `upstream ${scripted.url}: ready`,
  });
  await scripted.close();
  await failureOf(upstream.model(question('Hi'), present()));
  t.like(upstream.state, {
    phase: 'failed',
    detail: `Cannot reach the upstream at ${scripted.url}: nothing listens there`,
  });
  await scriptedUpstream(t, echoing(), {port: Number(new URL(scripted.url).port)});
  await collect(upstream.model(question('Hi'), present()));
  t.is(upstream.state.phase, 'ready');
});

test('it is not ready while nothing listens, and becomes ready when a server does', async t => {
  const scripted = await scriptedUpstream(t);
  await scripted.close();
  const upstream = build(t, scripted);
  upstream.start();
  await t.throwsAsync(upstream.ready(), {
    code: 'upstream_unavailable',
    message: `Cannot reach the upstream at ${scripted.url}: nothing listens there`,
  });
  t.is(upstream.state.phase, 'failed');
  await scriptedUpstream(t, echoing(), {port: Number(new URL(scripted.url).port)});
  await upstream.ready();
  t.is(upstream.state.phase, 'ready');
});

test('a rejected request does not affect its readiness', async t => {
  const {url} = await scriptedUpstream(t, failing(400, {error: {message: 'no'}}));
  const upstream = build(t, {url});
  await upstream.ready();
  await failureOf(upstream.model(question('Hi'), present()));
  t.is(upstream.state.phase, 'ready');
});

test('its name contains no credential', t => {
  const upstream = build(t, {url: 'http://ann:s3cret@127.0.0.1:1/v1'});
  t.is(upstream.state.name, 'http://127.0.0.1:1/v1');
});

test('an invalid address or credential is refused at once', t => {
  t.throws(() => externalUpstream({url: 'localhost:8080'}), {code: 'invalid_setting'});
  t.throws(() => externalUpstream({url: 'http://127.0.0.1:1', authorization: ''}), {code: 'invalid_setting'});
});

function build(t: ExecutionContext, {url}: HttpModelOptions): Upstream {
  const upstream = externalUpstream({url});
  t.teardown(() => upstream.close());
  return upstream;
}
