import test from 'ava';
import fc from 'fast-check';
import {escapedStringsIn, mapEscapedStrings} from '../../src/chat/escaped-strings.js';

test('strings with escapes are mapped, and the rest stays as it is written', t => {
  const upper = (text: string) => mapEscapedStrings(text, string => string.toUpperCase());
  t.is(upper('{"a": "b", "c": "d\\u003de" }'), '{"a": "b", "c": "D=E" }');
  t.is(upper('data: {"a":"x\\/y"}\n\ndata: {"b":"\\"q"}\n\n'), 'data: {"a":"X/Y"}\n\ndata: {"b":"\\"Q"}\n\n');
  t.is(upper('{"a":"\\u003d"}'), '{"a":"\\u003d"}');
  t.is(upper('5" of "text\\x"\n{"a":"b\\/c"}'), '5" of "text\\x"\n{"a":"B/C"}');
  t.is(upper('{"a":"cut \\u00'), '{"a":"cut \\u00');
});

test('every string of any JSON is found that is written with escapes', t => {
  fc.assert(
    fc.property(fc.array(fc.string({unit: 'binary'})), strings => {
      const escaped = strings.map(string => JSON.stringify(string)).filter(literal => literal.includes('\\'));
      t.deepEqual(
        escapedStringsIn(JSON.stringify(strings)),
        escaped.map(literal => JSON.parse(literal)),
      );
    }),
  );
});
