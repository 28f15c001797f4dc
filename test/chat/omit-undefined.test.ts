import test from 'ava';
import {omitUndefined} from '../../src/chat/omit-undefined.js';

test('only undefined members are removed, and the order stays', t => {
  const object = {b: 0, gone: undefined, a: null, empty: '', no: false};
  t.is(
    JSON.stringify(Object.entries(omitUndefined(object))),
    '[["b",0],["a",null],["empty",""],["no",false]]',
  );
});
