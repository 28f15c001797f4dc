import test from 'ava';
import {customToolAsFunction} from '../../../src/dialects/openai/custom-tools.js';
import {compileGrammar} from '../../../src/grammars/input-grammar.js';
import {applyPatch, sums} from '../../grammars/definitions.js';
import {ask} from '../../support/ask.js';
import {liveUpstream} from '../../support/live-upstream.js';

/** With ignored white space. */
const words = `
start: "[" WORD ("," WORD) ~ 1..2 "]"
WORD: /[a-z]{1,5}/
%import common.WS
%ignore WS
`;

for (const [question, syntax, definition] of [
  ['Write: *** Begin Patch\n*** Delete File: a.txt\n*** End Patch', 'lark', applyPatch],
  ['Write: [ red , green ]', 'lark', words],
  ['Write: 17+25*(3-1)', 'lark', sums],
  ['Write: say "hello".', 'regex', 'say "[^"]{1,9}"\\.'],
] as const) {
  test(`what the engine writes by a ${syntax} grammar belongs to it: ${JSON.stringify(question)}`, async t => {
    const grammar = {syntax, definition};
    const tool = customToolAsFunction({name: 'write', description: 'Writes a text.', grammar});
    const {candidates} = await ask(liveUpstream(t), question, {
      tools: [tool],
      toolChoice: {type: 'required'},
    });
    const [candidate] = candidates;
    t.is(candidate?.finish.unified, 'tool-calls', candidate?.text);
    const {input} = JSON.parse(candidate?.toolCalls[0]?.arguments ?? '{}') as {input: string};
    t.log(input);
    t.true(compileGrammar(grammar).matches(input));
  });
}
