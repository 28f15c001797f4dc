import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {Agent, request} from 'undici';
import {RetakeError} from '../../../../src/errors.js';
import {engineArguments} from '../../../../src/upstream/local/engine/engine-arguments.js';
import {startEngine} from '../../../../src/upstream/local/engine/start-engine.js';
import {managedUpstream} from '../../../../src/upstream/local/managed-upstream.js';
import {describeModel} from '../../../../src/upstream/local/models/describe-model.js';
import {setUp} from '../../../../src/upstream/local/set-up/set-up.js';
import {ask} from '../../../support/ask.js';
import {liveOptions, liveUpstream} from '../../../support/live-upstream.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

test('Gemma 3 knows the capital of France, and stops after its answer', async t => {
  const {candidates, answeredBy, usage} = await ask(liveUpstream(t), 'What is the capital of France?');
  t.regex(candidates[0]?.text ?? '', /Paris/);
  t.is(candidates[0]?.finish.unified, 'stop');
  t.like(answeredBy, {model: 'gemma3-270m'});
  t.regex(answeredBy.engine ?? '', /^xllamacpp \d/);
  t.true((usage?.outputTokens ?? 0) > 0);
});

test('the system text reaches the model', async t => {
  const turns = [
    {role: 'system', parts: [{type: 'text', text: 'Answer briefly and correctly.'}]},
    {role: 'user', parts: [{type: 'text', text: 'What is the capital of Japan?'}]},
  ] as const;
  const {candidates} = await ask(liveUpstream(t), '', {turns});
  t.regex(candidates[0]?.text ?? '', /Tokyo/);
});

test('an answer can be constrained to a JSON schema', async t => {
  const schema = {
    type: 'object',
    properties: {name: {type: 'string'}, age: {type: 'integer'}, city: {type: 'string'}},
    required: ['name', 'age', 'city'],
  };
  const {candidates} = await ask(liveUpstream(t), 'Extract: Anna, 31, lives in Oslo. Return JSON.', {
    output: {type: 'json-schema', schema},
  });
  t.deepEqual(JSON.parse(candidates[0]?.text ?? ''), {name: 'Anna', age: 31, city: 'Oslo'});
});

test('the same question twice at temperature 0 has the same answer', async t => {
  const upstream = liveUpstream(t);
  const first = await ask(upstream, 'What is the capital of France?');
  const second = await ask(upstream, 'What is the capital of France?');
  t.is(first.candidates[0]?.text, second.candidates[0]?.text);
});

test('the engine rejects requests without its credential', async t => {
  t.timeout(600_000);
  const {program, model} = await setUp({...liveOptions, model: describeModel(liveOptions)});
  const engine = await startEngine({program, arguments: engineArguments(liveOptions.tuning, model)});
  t.teardown(() => engine.stop());
  const dispatcher = new Agent();
  t.teardown(() => dispatcher.destroy());
  const statusOf = async (headers: Record<string, string>) => {
    const {statusCode, body} = await request(`${engine.url}/props`, {dispatcher, headers});
    await body.dump();
    return statusCode;
  };
  t.is(await statusOf({}), 401);
  t.is(await statusOf({authorization: engine.authorization}), 200);
});

test("a user's own copy of a catalogue model gets its template, so that it answers as well", async t => {
  t.timeout(600_000);
  const {model} = await setUp({...liveOptions, model: describeModel(liveOptions)});
  const copy = await setUp({...liveOptions, model: describeModel({model: model.weights})});
  t.truthy(copy.model.chatTemplate);
  t.deepEqual(copy.model, {...model, name: copy.model.name});
});

test('a file that is not a model is reported with the engine’s message', async t => {
  t.timeout(600_000);
  const path = join(await temporaryFolder(t), 'broken.gguf');
  await writeFile(path, 'GGUF, but not really');
  const upstream = managedUpstream({...liveOptions, model: path});
  t.teardown(() => upstream.close());
  const error = await t.throwsAsync(upstream.ready(), {instanceOf: RetakeError});
  t.is(error.code, 'engine_failed');
  t.regex(error.message, /gguf/i);
  t.regex(error.hint ?? '', /whole GGUF model/);
});
