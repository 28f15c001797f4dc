import test, {type ExecutionContext} from 'ava';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {applyPatch} from '../grammars/definitions.js';
import {openaiClient} from '../sdk/javascript/clients.js';
import {buildProxy} from '../support/build-proxy.js';
import {
  answering,
  failing,
  inTurn,
  type Script,
  scriptedProps,
  scriptedUpstream,
} from '../support/scripted-upstream.js';

const model = 'gpt-5.1-codex';
const patch = '*** Begin Patch\n*** Add File: "a".txt\n+hi\n*** End Patch';

function editing(definition: string, syntax: 'lark' | 'regex' = 'lark') {
  const format = {type: 'grammar', syntax, definition} as const;
  return {type: 'custom', name: 'apply_patch', description: 'Edits files.', format} as const;
}

const shell = {type: 'function', name: 'shell', parameters: {type: 'object'}, strict: false} as const;

function calling(input: string, name = 'apply_patch'): Script {
  return answering([JSON.stringify({name, arguments: {input}})]);
}

async function asking(t: ExecutionContext, script: Script, props: object | null = scriptedProps) {
  const server = await scriptedUpstream(t, script, {props});
  const upstream = externalUpstream({url: server.url});
  const proxy = await buildProxy(t, {upstream});
  return {...proxy, server, client: openaiClient(proxy.url)};
}

test('the engine follows the grammar of the only tool that it has to call', async t => {
  const {client, server} = await asking(t, calling(patch));
  const tools = [shell, editing(applyPatch)];
  const {data, response} = await client.responses
    .create({model, input: 'Edit', tools, tool_choice: {type: 'custom', name: 'apply_patch'}})
    .withResponse();
  t.like(data.output[0], {type: 'custom_tool_call', name: 'apply_patch', input: patch});
  t.is(response.headers.get('x-retake-warning'), null);
  const [{body} = {body: {}}] = server.requests;
  t.regex(body.grammar, /^root ::= "\\x7b\\x22name\\x22/);
  t.regex(body.grammar, /Begin\\x20Patch/);
  t.is(body.response_format, undefined);
  t.is(server.requests.length, 1);
  const chat = await client.chat.completions.create({
    model,
    messages: [{role: 'user', content: 'Edit'}],
    tools: [
      {type: 'function', function: {name: 'shell', parameters: {type: 'object'}, strict: false}},
      {
        type: 'custom',
        custom: {
          name: 'apply_patch',
          description: 'Edits files.',
          format: {type: 'grammar', grammar: {syntax: 'lark', definition: applyPatch}},
        },
      },
    ],
    tool_choice: {type: 'custom', custom: {name: 'apply_patch'}},
  });
  t.like(chat.choices[0]?.message.tool_calls?.[0], {type: 'custom', custom: {input: patch}});
  t.is(server.requests.length, 1, 'both APIs have one key');
});

test('a free call that does not belong to the grammar is asked for again with it', async t => {
  const wrong = `<tool_call>${JSON.stringify({name: 'apply_patch', arguments: {input: 'rm -rf'}})}</tool_call>`;
  const {client, server} = await asking(t, inTurn(answering([wrong]), calling(patch)));
  const response = await client.responses.create({model, input: 'Edit', tools: [shell, editing(applyPatch)]});
  t.like(response.output[0], {type: 'custom_tool_call', input: patch});
  const [first, second] = server.requests;
  t.is(first?.body.grammar, undefined);
  t.regex(second?.body.grammar, /Begin\\x20Patch/);
});

test('of several tools that have to be called, one with a grammar is checked', async t => {
  const {client, server} = await asking(t, inTurn(calling('rm -rf'), calling(patch)));
  const tools = [shell, editing(applyPatch)];
  const response = await client.responses.create({model, input: 'Edit', tools, tool_choice: 'required'});
  t.like(response.output[0], {type: 'custom_tool_call', input: patch});
  t.is(server.requests[0]?.body.grammar, undefined);
  t.regex(server.requests[1]?.body.grammar, /Begin\\x20Patch/);
});

test('a regular expression that no pattern of JSON Schema can tell becomes a grammar too', async t => {
  const {client, server} = await asking(t, calling('say "hi"'));
  await client.responses.create({
    model,
    input: 'Edit',
    tools: [editing('say "[^"]+"', 'regex')],
    tool_choice: 'required',
  });
  t.regex(server.requests[0]?.body.grammar, /say\\x20\\x5c\\x22/);
});

for (const [what, definition, props, reason] of [
  ['a grammar that is not translated', 'start: /a+/ "a"', scriptedProps, /terminals whose ends depend/],
  [
    'a server that supports tools itself',
    applyPatch,
    {...scriptedProps, chat_template_caps: {supports_tools: true}},
    /takes no grammar/,
  ],
  ['another server', applyPatch, null, /takes no grammar/],
] as const) {
  test(`${what} is described to the model, and a warning says so, also in the replay`, async t => {
    const {client, server} = await asking(t, answering(['No.']), props);
    const tools = [editing(definition)];
    for (let time = 0; time < 2; time++) {
      const {response} = await client.responses.create({model, input: 'Edit', tools}).withResponse();
      t.regex(response.headers.get('x-retake-warning') ?? '', /grammar of the tool "apply_patch"/);
      t.regex(response.headers.get('x-retake-warning') ?? '', reason);
    }
    t.is(server.requests.length, 1);
    t.true(JSON.stringify(server.requests[0]?.body).includes('must match this Lark grammar'));
    t.is(server.requests[0]?.body.grammar, undefined);
  });
}

test('an engine that refuses the grammar is asked with the schema of the call', async t => {
  const refusing = failing(400, {
    error: {code: 400, message: 'failed to parse grammar', type: 'invalid_request_error'},
  });
  const {client, server} = await asking(t, inTurn(refusing, calling(patch)));
  const tools = [editing(applyPatch)];
  const response = await client.responses.create({model, input: 'Edit', tools, tool_choice: 'required'});
  t.like(response.output[0], {type: 'custom_tool_call', input: patch});
  t.is(server.requests[1]?.body.grammar, undefined);
  t.is(server.requests[1]?.body.response_format.type, 'json_schema');
});

for (const [syntax, definition, fault] of [
  ['lark', 'start: begin', 'invalid Lark grammar: begin is not defined.'],
  ['lark', 'start: "a', 'invalid Lark grammar: line 1: "\\"a" is no token of a Lark grammar.'],
  ['regex', '(a', 'invalid regular expression: it is no regular expression.'],
  ['regex', '[z-a]', 'invalid regular expression: it is no regular expression.'],
] as const) {
  test(`the ${syntax} grammar ${definition} is a 400 that names the parameter, in each API`, async t => {
    const {post, server} = await asking(t, answering(['No.']));
    const format = {type: 'grammar', syntax, definition};
    const bodies = [
      [
        '/v1/responses',
        {model, input: 'Edit', tools: [shell, {type: 'custom', name: 'c', format}]},
        'tools[1].format.definition',
      ],
      [
        '/v1/responses',
        {
          model,
          input: 'Edit',
          tools: [{type: 'namespace', name: 'n', tools: [{type: 'custom', name: 'c', format}]}],
        },
        'tools[0].tools[0].format.definition',
      ],
      [
        '/v1/chat/completions',
        {
          model,
          messages: [{role: 'user', content: 'Edit'}],
          tools: [
            {type: 'custom', custom: {name: 'c', format: {type: 'grammar', grammar: {syntax, definition}}}},
          ],
        },
        'tools[0].custom.format.grammar.definition',
      ],
    ] as const;
    for (const [path, body, param] of bodies) {
      const response = await post(path, body);
      t.is(response.status, 400);
      t.deepEqual(await response.json(), {
        error: {
          message: `Invalid '${param}': ${fault}`,
          type: 'invalid_request_error',
          param,
          code: 'invalid_value',
        },
      });
    }
    t.is(server.requests.length, 0);
  });
}
