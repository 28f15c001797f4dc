import test from 'ava';
import fc from 'fast-check';
import {endOfObject, memberText} from '../../../../src/upstream/local/tools/json-span.js';

const anyObject = fc.dictionary(fc.string(), fc.jsonValue(), {noNullPrototype: true});

test('law: an object ends at its closing brace, whatever follows, and not before it is complete', t => {
  fc.assert(
    fc.property(anyObject, fc.string(), fc.nat(), (object, rest, cut) => {
      const json = JSON.stringify(object);
      t.is(endOfObject(json + rest, 0), json.length);
      t.is(endOfObject(json.slice(0, cut % json.length), 0), undefined);
    }),
  );
});

test('law: every member is found as it was written, with any spacing', t => {
  fc.assert(
    fc.property(anyObject, fc.constantFrom(0, 2), (object, spaces) => {
      const json = JSON.stringify(object, undefined, spaces);
      for (const [name, value] of Object.entries(object))
        t.deepEqual(JSON.parse(memberText(json, name) ?? ''), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('digits, spaces and order are kept, and nested members are not members of the object', t => {
  const json = '{"x":{"arguments":1},"arguments" : { "b":12345678901234567890, "1":1.0 } , "y":[{"z":2}]}';
  t.is(memberText(json, 'arguments'), '{ "b":12345678901234567890, "1":1.0 }');
  t.is(memberText(json, 'y'), '[{"z":2}]');
  t.is(memberText(json, 'z'), undefined);
  t.is(memberText('{"arg\\u0075ments":7}', 'arguments'), '7');
});
