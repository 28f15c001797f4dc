export type PartKind = 'text' | 'reasoning' | 'call';

/** An answer as some server streams it, and what it means. */
export type ServerShape = {
  readonly events: readonly unknown[];
  readonly text?: string;
  /** Apart from the text for the clients of OpenAI's APIs, and after it for the others. */
  readonly refusal?: string;
  readonly reasoning?: string;
  /** Names and arguments. */
  readonly calls?: readonly (readonly [string, object])[];
  /** The order of the parts for the clients of APIs that have one. */
  readonly order?: readonly PartKind[];
  /** Default: `tool_calls` if there are calls, otherwise `stop`. */
  readonly finish?: 'length' | 'content_filter';
  /** Default: the server reports none. */
  readonly usage?: readonly [number, number];
};

const event = (choice: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'shapes',
  choices: [choice],
  ...more,
});
const delta = (content: object | null, finish: string | null = null, more: object = {}) =>
  event({index: 0, delta: content, finish_reason: finish}, more);
const say = (content: string, finish: string | null = null) => delta({content}, finish);
const end = (finish = 'stop') => delta({}, finish);
const counts = (output: number) => ({
  usage: {prompt_tokens: 11, completion_tokens: output, total_tokens: 11 + output},
});
const usage = {id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], ...counts(7)};
const call = (place: object, called: object | null, kind: object = {type: 'function'}) => ({
  ...place,
  ...kind,
  function: called,
});
const calls = (...fragments: readonly (object | null)[]) => delta({tool_calls: fragments});
const first = {name: 'f', arguments: '{"x":"one"}'};
const second = {name: 'f', arguments: '{"x":"two"}'};
const one = ['f', {x: 'one'}] as const;
const two = ['f', {x: 'two'}] as const;
const empty = ['g', {}] as const;
const allRight = 'All right.';

const callShapes = {
  'index 0 for every call': {
    events: [
      calls(call({index: 0, id: 'a'}, first)),
      calls(call({index: 0, id: 'b'}, second)),
      end('tool_calls'),
      usage,
    ],
    calls: [one, two],
    usage: [11, 7],
  },
  'index 0 for every call of one event': {
    events: [calls(call({index: 0, id: 'a'}, first), call({index: 0, id: 'b'}, second)), end('tool_calls')],
    calls: [one, two],
  },
  'no index': {
    events: [calls(call({id: 'a'}, first), call({id: 'b'}, second)), end('tool_calls')],
    calls: [one, two],
  },
  'no index, in fragments': {
    events: [
      calls(call({id: 'a'}, {name: 'f', arguments: ''})),
      calls({function: {arguments: '{"x":'}}),
      calls({function: {arguments: '"one"}'}}),
      end('tool_calls'),
    ],
    calls: [one],
  },
  'no index and no id': {
    events: [calls(call({}, first), call({}, second)), calls(call({}, {name: 'g', arguments: '{}'})), end()],
    calls: [one, two, empty],
  },
  'equal calls without index and id': {
    events: [calls(call({}, {name: 'g'}), call({}, {name: 'g'})), end()],
    calls: [empty, empty],
  },
  'a null index': {events: [calls(call({index: null, id: 'a'}, first)), end('tool_calls')], calls: [one]},
  'a string index': {
    events: [calls(call({index: '0', id: 'a'}, first), call({index: '1', id: 'b'}, second)), end()],
    calls: [one, two],
  },
  'indexes from 1': {
    events: [
      calls(call({index: 1, id: 'a'}, first)),
      calls(call({index: 2, id: 'b'}, second)),
      end('tool_calls'),
    ],
    calls: [one, two],
  },
  'interleaved calls': {
    events: [
      calls(call({index: 0, id: 'a'}, {name: 'f', arguments: ''})),
      calls(call({index: 1, id: 'b'}, {name: 'f', arguments: ''})),
      calls({index: 0, function: {arguments: '{"x":'}}),
      calls({index: 1, function: {arguments: '{"x":"two"}'}}),
      calls({index: 0, function: {arguments: '"one"}'}}),
      end('tool_calls'),
    ],
    calls: [one, two],
  },
  'one id for two indexes': {
    events: [calls(call({index: 0, id: 'a'}, first), call({index: 1, id: 'a'}, second)), end('tool_calls')],
    calls: [one, two],
  },
  'empty ids': {
    events: [calls(call({index: 0, id: ''}, first), call({index: 1, id: ''}, second)), end('tool_calls')],
    calls: [one, two],
  },
  'a null id': {events: [calls(call({index: 0, id: null}, first)), end('tool_calls')], calls: [one]},
  'an id that is a number': {
    events: [calls(call({index: 0, id: 7}, first)), end('tool_calls')],
    calls: [one],
  },
  'name and id in every fragment': {
    events: [
      calls(call({index: 0, id: 'a'}, {name: 'f', arguments: '{"x"'})),
      calls(call({index: 0, id: 'a'}, {name: 'f', arguments: ':"one"}'})),
      end('tool_calls'),
    ],
    calls: [one],
  },
  'the name in every fragment, without ids': {
    events: [
      calls(call({index: 0}, {name: 'f', arguments: '{"x"'})),
      calls(call({index: 0}, {name: 'f', arguments: ':"one"}'})),
      calls(call({index: 0}, {name: 'f', arguments: ''})),
      end('tool_calls'),
    ],
    calls: [one],
  },
  'null in the place of name and id': {
    events: [
      calls(call({index: 0, id: 'a'}, {name: 'f', arguments: '{"x"'})),
      calls(call({index: 0, id: null}, {name: null, arguments: ':"one"}'})),
      end('tool_calls'),
    ],
    calls: [one],
  },
  'a name that comes late': {
    events: [
      calls(call({index: 0, id: 'a'}, {arguments: '{"x":'})),
      calls(call({index: 0}, {name: 'f', arguments: '"one"}'})),
      end('tool_calls'),
    ],
    calls: [one],
  },
  'no type': {events: [calls(call({index: 0, id: 'a'}, first, {})), end('tool_calls')], calls: [one]},
  'a list with a null': {
    events: [calls(null, call({index: 0, id: 'a'}, first)), end('tool_calls')],
    calls: [one],
  },
  'a call that is not in a list': {
    events: [delta({tool_calls: call({id: 'a'}, first)}), end('tool_calls')],
    calls: [one],
  },
  'the older function_call': {
    events: [
      delta({content: null, function_call: {name: 'f', arguments: ''}}),
      delta({function_call: {arguments: first.arguments}}),
      end('function_call'),
    ],
    calls: [one],
  },
  'arguments as an object': {
    events: [calls(call({index: 0, id: 'a'}, {name: 'f', arguments: {x: 'one'}})), end('tool_calls')],
    calls: [one],
  },
  'empty arguments': {
    events: [calls(call({index: 0, id: 'a'}, {name: 'g', arguments: ''})), end('tool_calls')],
    calls: [empty],
  },
  'null arguments': {
    events: [calls(call({index: 0, id: 'a'}, {name: 'g', arguments: null})), end('tool_calls')],
    calls: [empty],
  },
  'no arguments': {
    events: [calls(call({index: 0, id: 'a'}, {name: 'g'})), end('tool_calls')],
    calls: [empty],
  },
  'arguments that say null': {
    events: [
      calls(call({index: 0, id: 'a'}, {name: 'g', arguments: 'nu'})),
      calls({index: 0, function: {arguments: 'll'}}),
      end('tool_calls'),
    ],
    calls: [empty],
  },
  'a call that ends with stop': {
    events: [calls(call({index: 0, id: 'a'}, first)), end('stop')],
    calls: [one],
  },
  'a call that ends with function_call': {
    events: [calls(call({index: 0, id: 'a'}, first)), end('function_call')],
    calls: [one],
  },
  'a call that ends with [DONE]': {events: [calls(call({index: 0, id: 'a'}, first))], calls: [one]},
  'text and a call': {
    events: [say('Let me see. '), calls(call({index: 0, id: 'a'}, first)), end('tool_calls')],
    text: 'Let me see. ',
    calls: [one],
    order: ['text', 'call'],
  },
  'a call and text': {
    events: [calls(call({index: 0, id: 'a'}, first)), say('Do'), say('ne.'), end('tool_calls')],
    text: 'Done.',
    calls: [one],
    order: ['call', 'text'],
  },
  'text between calls, whose arguments come in between': {
    events: [
      delta({reasoning_content: 'Hm. '}),
      say('Let me see. '),
      calls(call({index: 0, id: 'a'}, {name: 'f', arguments: '{"x":'})),
      say('And '),
      calls(call({index: 1, id: 'b'}, {name: 'f', arguments: ''})),
      calls(call({index: 0}, {arguments: '"one"}'}), call({index: 1}, {arguments: '{"x":"two"}'})),
      say('done.', 'tool_calls'),
    ],
    text: 'Let me see. And done.',
    reasoning: 'Hm. ',
    calls: [one, two],
    order: ['reasoning', 'text', 'call', 'text', 'call', 'text'],
  },
} satisfies Readonly<Record<string, ServerShape>>;

const textShapes = {
  'empty lists of calls': {
    events: [delta({content: 'All ', tool_calls: []}), delta({content: 'right.', tool_calls: []}, 'stop')],
    text: allRight,
  },
  'null for everything that is not there': {
    events: [
      delta({
        content: 'All ',
        tool_calls: null,
        function_call: null,
        refusal: null,
        reasoning_content: null,
        audio: null,
      }),
      delta({content: 'right.', annotations: []}),
      delta({content: null}, 'stop'),
      usage,
    ],
    text: allRight,
    usage: [11, 7],
  },
  'a null delta': {events: [delta(null), say(allRight), delta(null, 'stop')], text: allRight},
  'a null choice': {
    events: [{...usage, choices: [null]}, say(allRight, 'stop')],
    text: allRight,
    usage: [11, 7],
  },
  'no index of the choice': {
    events: [
      event({delta: {content: allRight}, finish_reason: null}),
      event({delta: {}, finish_reason: 'stop'}),
    ],
    text: allRight,
  },
  'events of a content filter': {
    events: [
      {id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{prompt_index: 0}]},
      delta({role: 'assistant', content: ''}),
      say('All '),
      event({
        index: 0,
        finish_reason: null,
        content_filter_results: {},
        content_filter_offsets: {check_offset: 1},
      }),
      say('right.'),
      end(),
    ],
    text: allRight,
  },
  'an empty finish reason': {
    events: [say('All ', ''), say('right.', 'null'), end()],
    text: allRight,
  },
  'no finish reason in the last delta': {
    events: [say(allRight), event({index: 0, delta: {}})],
    text: allRight,
  },
  'no finish reason at all': {events: [say('All '), say('right.'), usage], text: allRight, usage: [11, 7]},
  'the finish reason eos': {events: [say(allRight), end('eos')], text: allRight},
  'the finish reason STOP': {events: [say(allRight), end('STOP')], text: allRight},
  'the finish reason end_turn': {events: [say(allRight), end('end_turn')], text: allRight},
  'the finish reason MAX_TOKENS': {
    events: [say(allRight), end('MAX_TOKENS')],
    text: allRight,
    finish: 'length',
  },
  'the finish reason content_filter': {
    events: [say('All'), end('content_filter')],
    text: 'All',
    finish: 'content_filter',
  },
  'two finish reasons': {
    events: [say(allRight, 'stop'), delta({content: ''}, 'length'), usage],
    text: allRight,
    usage: [11, 7],
  },
  'a finish reason with the last text': {events: [say('All '), say('right.', 'stop')], text: allRight},
  'running token counts': {
    events: [delta({content: 'All '}, null, counts(1)), delta({content: 'right.'}, 'stop', counts(2)), usage],
    text: allRight,
    usage: [11, 7],
  },
  'token counts with the finish reason': {
    events: [say(allRight), delta({}, 'stop', counts(7))],
    text: allRight,
    usage: [11, 7],
  },
  'token counts in x_groq': {
    events: [say(allRight), delta({}, 'stop', {x_groq: counts(7)})],
    text: allRight,
    usage: [11, 7],
  },
  'token counts in the choice': {
    events: [say(allRight), event({index: 0, delta: {}, finish_reason: 'stop', ...counts(7)})],
    text: allRight,
    usage: [11, 7],
  },
  'null token counts': {
    events: [delta({content: allRight}, null, {usage: null}), delta({}, 'stop', {usage: null})],
    text: allRight,
  },
  'token counts with null choices': {
    events: [say(allRight), end(), {...usage, choices: null}],
    text: allRight,
    usage: [11, 7],
  },
  'token counts without choices': {events: [say(allRight), end(), counts(7)], text: allRight, usage: [11, 7]},
  'a message in the place of a delta': {
    events: [
      event({index: 0, message: {role: 'assistant', content: allRight}, finish_reason: 'stop'}, counts(7)),
    ],
    text: allRight,
    usage: [11, 7],
  },
  'the whole message after its deltas': {
    events: [
      say('All '),
      say('right.'),
      event({index: 0, delta: {}, message: {content: allRight}, finish_reason: 'stop'}),
    ],
    text: allRight,
  },
  'text in the place of a delta': {
    events: [
      event({index: 0, text: 'All ', finish_reason: null}),
      event({index: 0, text: 'right.', finish_reason: 'stop'}),
    ],
    text: allRight,
  },
  'events that are null': {events: [say('All '), null, say('right.'), end()], text: allRight},
  'lists of text parts': {
    events: [
      delta({content: [{type: 'thinking', thinking: [{type: 'text', text: 'I think so.'}]}]}),
      delta({content: [{type: 'text', text: 'All '}]}),
      delta({content: [{type: 'text', text: 'right.'}]}),
      end(),
    ],
    text: allRight,
    reasoning: 'I think so.',
  },
  reasoning: {
    events: [delta({reasoning: 'I think '}), delta({reasoning: 'so.'}), say(allRight), end()],
    text: allRight,
    reasoning: 'I think so.',
  },
  'reasoning under two names at once': {
    events: [delta({reasoning_content: 'I think so.', reasoning: 'I think so.'}), say(allRight), end()],
    text: allRight,
    reasoning: 'I think so.',
  },
  'tags around reasoning': {
    events: [say('<think>I think so.</think>'), say(allRight), end()],
    text: `<think>I think so.</think>${allRight}`,
  },
  'a refusal': {
    events: [delta({role: 'assistant', content: '', refusal: 'I '}), delta({refusal: 'cannot.'}), end()],
    refusal: 'I cannot.',
  },
  'text and a refusal': {
    events: [say('Let me see. '), delta({refusal: 'I cannot.'}), end()],
    text: 'Let me see. ',
    refusal: 'I cannot.',
  },
  'a refusal as a part': {
    events: [delta({content: [{type: 'refusal', refusal: 'I cannot.'}]}), end()],
    refusal: 'I cannot.',
  },
  'half a character': {
    events: [say('A 👩‍👩‍👧 '), say('\ud83d'), say('\ude00 z'), end()],
    text: 'A 👩‍👩‍👧 😀 z',
  },
  'half a character that stays alone': {events: [say('A \ud83d'), say(' z'), end()], text: 'A \ufffd z'},
  'half a character at the end': {events: [say('A \ud83d'), end()], text: 'A \ufffd'},
  'every kind of white space': {
    events: [say('a\u2028b\u2029c\u0085d\u0000e\r\nf'), end()],
    text: 'a\u2028b\u2029c\u0085d\u0000e\r\nf',
  },
  'other types of id and time': {
    events: [
      {...event({index: 0, delta: {content: allRight}, finish_reason: null}), id: 7, created: 1.5},
      end(),
    ],
    text: allRight,
  },
  'an empty answer that says so': {
    events: [delta({role: 'assistant', content: ''}), end(), {...usage, ...counts(0)}],
    text: '',
    usage: [11, 0],
  },
} satisfies Readonly<Record<string, ServerShape>>;

export const serverShapes: Readonly<Record<string, ServerShape>> = {...textShapes, ...callShapes};
