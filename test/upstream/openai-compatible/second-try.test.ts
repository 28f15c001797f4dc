import test, {type ExecutionContext} from 'ava';
import OpenAI, {BadRequestError} from 'openai';
import {buildProxy} from '../../support/build-proxy.js';
import {answering, failing, type Script, scriptedUpstream} from '../../support/scripted-upstream.js';

type Refusal = (body: Readonly<Record<string, unknown>>) => object | undefined;

/** A server that refuses some bodies and answers the others. */
function refusing(refuses: Refusal, status = 400): Script {
  return exchange => {
    const refusal = refuses(exchange.request.body);
    return (refusal ? failing(status, refusal) : answering(['Hi']))(exchange);
  };
}

const openaiRefusal = (param: string, message: string) => ({
  error: {message, type: 'invalid_request_error', param, code: 'unsupported_parameter'},
});

const adapts = test.macro({
  title: (_, what: string) => `a server that ${what} gets a second request`,
  async exec(
    t,
    _what: string,
    {
      refuses,
      status = 400,
      asked,
      sent,
      warning,
    }: {
      readonly refuses: Refusal;
      readonly status?: number;
      readonly asked: object;
      /** The fields of the second request, and of every later one. */
      readonly sent: object;
      readonly warning: RegExp;
    },
  ) {
    const {upstream, post} = await build(t, refusing(refuses, status));
    const first = await post(asked);
    t.is(first.status, 200, await first.clone().text());
    t.regex(first.headers.get('x-retake-warning') ?? '', warning);
    t.is(upstream.requests.length, 2);
    t.like(upstream.requests[1]?.body, sent);
    const second = await post({...asked, temperature: 0});
    t.is(second.status, 200);
    t.is(upstream.requests.length, 3, 'what was refused is remembered');
    t.like(upstream.requests[2]?.body, sent);
    t.regex(second.headers.get('x-retake-warning') ?? '', warning);
    // The recording says so whenever it is played.
    const replayed = await post(asked);
    t.is(replayed.headers.get('x-retake'), 'hit');
    t.regex(replayed.headers.get('x-retake-warning') ?? '', warning);
  },
});

test(adapts, 'wants max_completion_tokens', {
  refuses: body =>
    'max_tokens' in body
      ? openaiRefusal(
          'max_tokens',
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        )
      : undefined,
  asked: {max_tokens: 5},
  sent: {max_tokens: undefined, max_completion_tokens: 5},
  warning: /'max_tokens': it was sent as 'max_completion_tokens'/,
});
test(adapts, 'knows only max_tokens', {
  refuses: body =>
    'max_completion_tokens' in body
      ? {
          detail: [
            {
              type: 'extra_forbidden',
              loc: ['body', 'max_completion_tokens'],
              msg: 'Extra inputs are not permitted',
            },
          ],
        }
      : undefined,
  status: 422,
  asked: {max_completion_tokens: 5},
  sent: {max_tokens: 5, max_completion_tokens: undefined},
  warning: /'max_completion_tokens': it was sent as 'max_tokens'/,
});
test(adapts, 'does not know stream_options', {
  refuses: body => ('stream_options' in body ? {message: 'Unknown field: stream_options'} : undefined),
  asked: {},
  sent: {stream: true, stream_options: undefined},
  warning: /'stream_options': it was left out/,
});
test(adapts, 'does not know seed and user', {
  refuses: body =>
    'seed' in body ? {error: 'Unrecognized request arguments supplied: seed, user'} : undefined,
  asked: {seed: 7, user: 'ann'},
  sent: {seed: undefined, user: undefined},
  warning: /'seed': it was left out.*'user': it was left out/,
});
test(adapts, 'has no log probabilities', {
  refuses: body =>
    'logprobs' in body ? openaiRefusal('logprobs', 'This model does not support logprobs.') : undefined,
  asked: {logprobs: true, top_logprobs: 2},
  sent: {logprobs: undefined, top_logprobs: undefined},
  warning: /'logprobs': it was left out/,
});

const refuses = test.macro({
  title: (_, what: string) => `no second request: ${what}`,
  async exec(t, _what: string, refusal: object, asked: object) {
    const {upstream, post} = await build(t, failing(400, refusal));
    t.is((await post(asked)).status, 400);
    t.is(upstream.requests.length, 1);
  },
});

test(
  refuses,
  'the temperature of a reasoning model is not optional',
  openaiRefusal('temperature', "Unsupported value: 'temperature' does not support 0.2 with this model."),
  {temperature: 0.2},
);
test(
  refuses,
  'the limit is too large',
  {error: {message: 'max_tokens is too large: 99999999'}},
  {max_tokens: 99_999_999},
);
test(refuses, 'a field that was not sent', openaiRefusal('seed', "Unsupported parameter: 'seed'"), {});
test(refuses, 'a longer word', {error: {message: 'Unknown field: my_seed_list'}}, {seed: 1});

test('a second request that is refused, too, is the answer, and nothing is remembered', async t => {
  const {upstream, post} = await build(t, failing(400, {error: {message: 'Unknown field: seed'}}));
  t.is((await post({seed: 1})).status, 400);
  t.is(upstream.requests.length, 2);
  await post({seed: 2});
  t.is(upstream.requests[2]?.body.seed, 2);
});

test('a server that names one field after another gets the request without all of them', async t => {
  const optional = ['seed', 'user', 'stream_options'];
  const {upstream, post} = await build(
    t,
    refusing(body => {
      const unknown = optional.find(name => name in body);
      return unknown === undefined ? undefined : {error: {message: `json: unknown field "${unknown}"`}};
    }),
  );
  const asked = {seed: 1, user: 'u'};
  const first = await post(asked);
  t.is(first.status, 200, await first.clone().text());
  for (const name of optional) t.regex(first.headers.get('x-retake-warning') ?? '', new RegExp(`'${name}'`));
  t.is(upstream.requests.length, 4);
  t.is((await post({...asked, temperature: 0})).status, 200);
  t.is(upstream.requests.length, 5, 'what was refused is remembered');
});

test('a server that takes neither name of the token limit is asked with each of them once', async t => {
  const {upstream, post} = await build(
    t,
    refusing(body => {
      const name = Object.keys(body).find(known => known.startsWith('max_'));
      return name === undefined ? undefined : openaiRefusal(name, `Unsupported parameter: '${name}'`);
    }),
  );
  t.is((await post({max_tokens: 5})).status, 400);
  t.is(upstream.requests.length, 2);
});

test("the SDK's error names the field that the server names", async t => {
  const {url} = await build(t, failing(400, openaiRefusal('temperature', 'No.')));
  const client = new OpenAI({apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0});
  const error = await t.throwsAsync(
    client.chat.completions.create({model: 'm', messages: [{role: 'user', content: 'Hi'}]}),
    {instanceOf: BadRequestError},
  );
  t.is(error?.param, 'temperature');
});

async function build(t: ExecutionContext, script: Script) {
  const upstream = await scriptedUpstream(t, script, {props: null});
  const {post, url} = await buildProxy(t, {upstream: {url: upstream.url}});
  const messages = [{role: 'user', content: 'Hi'}];
  return {
    upstream,
    url,
    post: (fields: object) => post('/v1/chat/completions', {model: 'm', messages, ...fields}),
  };
}
