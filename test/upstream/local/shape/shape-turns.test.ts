import test from 'ava';
import fc from 'fast-check';
import type {Role, Turn} from '../../../../src/chat/request.js';
import {shapeTurns, type TemplateLimits} from '../../../../src/upstream/local/shape/shape-turns.js';
import {turn} from '../../asking.js';

const gemma: TemplateLimits = {alternatesRoles: true, supportsSystemRole: true, supportsTools: false};
const olderGemma: TemplateLimits = {alternatesRoles: true, supportsSystemRole: false, supportsTools: false};
const transcript: TemplateLimits = {alternatesRoles: false, supportsSystemRole: true, supportsTools: false};

const shaped = test.macro({
  title: (_, what: string) => what,
  exec(t, _what: string, limits: TemplateLimits, turns: readonly Turn[], expected: readonly string[]) {
    t.deepEqual(shapeTurns(turns, limits).map(written), expected);
  },
});

test(
  shaped,
  'alternating turns stay as they are',
  gemma,
  [turn('system', 's'), turn('user', 'a'), turn('assistant', 'b'), turn('user', 'c')],
  ['system: s', 'user: a', 'assistant: b', 'user: c'],
);
test(
  shaped,
  'two turns of one role are merged',
  gemma,
  [turn('user', 'a'), turn('user', 'b'), turn('assistant', 'c'), turn('assistant', 'd'), turn('user', 'e')],
  ['user: a\n\nb', 'assistant: c\n\nd', 'user: e'],
);
test(
  shaped,
  'a leading answer follows an empty user turn',
  gemma,
  [turn('system', 's'), turn('assistant', 'a'), turn('user', 'b')],
  ['system: s', 'user: ', 'assistant: a', 'user: b'],
);
test(
  shaped,
  'a tool result becomes a user turn',
  gemma,
  [turn('user', 'a'), turn('assistant', 'b'), turn('tool', '{"c":1}')],
  ['user: a', 'assistant: b', 'user: {"c":1}'],
);
test(
  shaped,
  "system turns at the beginning become one, later ones the user's",
  gemma,
  [turn('system', 's'), turn('system', 't'), turn('user', 'a'), turn('assistant', 'b'), turn('system', 'u')],
  ['system: s\n\nt', 'user: a', 'assistant: b', 'user: u'],
);
test(
  shaped,
  'system text without a user turn becomes the user turn',
  gemma,
  [turn('system', 's')],
  ['user: s'],
);
test(
  shaped,
  'a template without a system role gets the text in the first turn',
  olderGemma,
  [turn('system', 's'), turn('user', 'a')],
  ['user: s\n\na'],
);
test(
  shaped,
  'a template without limits gets two turns of one role',
  transcript,
  [turn('user', 'a'), turn('user', 'b'), turn('system', 's'), turn('assistant', 'c'), turn('user', 'd')],
  ['user: a', 'user: b', 'system: s', 'assistant: c', 'user: d'],
);
test(
  shaped,
  'a template without limits gets one answer to go on with',
  transcript,
  [
    turn('assistant', 'a'),
    turn('assistant', 'b'),
    turn('user', 'c'),
    turn('assistant', 'd'),
    turn('assistant', 'e'),
  ],
  ['assistant: a', 'assistant: b', 'user: c', 'assistant: d\n\ne'],
);

test('a merged turn keeps a name that both had', t => {
  const named = (name: string, text: string): Turn => ({...turn('user', text), name});
  t.deepEqual(
    shapeTurns([named('ann', 'a'), named('ann', 'b')], gemma).map(({name}) => name),
    ['ann'],
  );
  t.deepEqual(
    shapeTurns([named('ann', 'a'), named('ben', 'b')], gemma).map(({name}) => name),
    [undefined],
  );
});

const roles: readonly Role[] = ['system', 'user', 'assistant', 'tool'];
test('a tool result keeps its role if the template supports it', t => {
  const result: Turn = {role: 'tool', parts: [{type: 'tool-result', call: 'call-1', value: 'sunny'}]};
  const able = {alternatesRoles: false, supportsSystemRole: true, supportsTools: true};
  t.deepEqual(
    shapeTurns([result, turn('tool', 'words')], able).map(({role}) => role),
    ['tool', 'user'],
  );
  t.deepEqual(
    shapeTurns([result], {...able, supportsTools: false}).map(({role}) => role),
    ['user'],
  );
});

const anyTurns = fc
  .array(
    fc.record({
      role: fc.constantFrom(...roles),
      text: fc.string({minLength: 1, unit: fc.constantFrom(...'abcxyz')}),
    }),
    {minLength: 1},
  )
  .map(turns => turns.map(({role, text}) => turn(role, text)));

test('law: a template that requires alternation gets system?, user, assistant, user, …', t => {
  fc.assert(
    fc.property(anyTurns, fc.boolean(), (turns, supportsSystemRole) => {
      const shape = shapeTurns(turns, {alternatesRoles: true, supportsSystemRole, supportsTools: false})
        .map(({role}) => role[0])
        .join('');
      t.regex(shape, supportsSystemRole ? /^s?(ua)*u?$/ : /^(ua)*u?$/);
      t.regex(shape, /u/);
    }),
  );
});

test('law: no text is lost or reordered', t => {
  fc.assert(
    fc.property(anyTurns, fc.boolean(), fc.boolean(), (turns, alternatesRoles, supportsSystemRole) => {
      const said = (all: readonly Turn[]) => all.map(textOf).join('').replaceAll('\n', '');
      t.is(said(shapeTurns(turns, {alternatesRoles, supportsSystemRole, supportsTools: false})), said(turns));
    }),
  );
});

function written(one: Turn): string {
  return `${one.role}: ${textOf(one)}`;
}

function textOf({parts}: Turn): string {
  return parts.map(part => (part.type === 'text' ? part.text : '')).join('');
}
