import test from 'ava';
import fc from 'fast-check';
import {faultNames} from '../../src/faults/fault.js';
import {parseFault} from '../../src/faults/parse-fault.js';

const parse = (text: string) => parseFault(text, {subject: 'the fault', code: 'invalid_request'});

test('each fault has its arguments', t => {
  t.deepEqual(parse('rate-limit').fault, {
    name: 'rate-limit',
    text: 'rate-limit',
    retryAfter: 1000,
    after: undefined,
  });
  t.like(parse('rate-limit:0.25'), {fault: {retryAfter: 250}, times: undefined});
  t.like(parse('overloaded:2, after=3, times=4'), {
    fault: {retryAfter: 2000, after: 3, text: 'overloaded:2,after=3'},
    times: 4,
  });
  t.like(parse('timeout').fault, {name: 'timeout'});
  t.like(parse('timeout:500').fault, {after: 500});
  t.like(parse('cut').fault, {events: 1});
  t.like(parse('malformed:0').fault, {events: 0});
  t.like(parse('slow').fault, {first: 1000, between: 100});
  t.like(parse('slow:200').fault, {first: 200, between: 200});
  t.like(parse('slow:2000/0').fault, {first: 2000, between: 0});
  t.like(parse('content-filter').fault, {words: 0});
  t.like(parse('max-tokens:5').fault, {words: 5});
});

test('a text is a fault, or its error quotes it and lists the names', t => {
  const name = fc.constantFrom(...faultNames, 'flood', '');
  const tail = fc.oneof(fc.constantFrom('', ':1', ':0.5', ':x', ',times=1', ',after=2', ':3/4'), fc.string());
  fc.assert(
    fc.property(name, tail, (head, end) => {
      const text = head + end;
      try {
        const {fault, times} = parse(text);
        t.true(faultNames.includes(fault.name));
        t.true(times === undefined || times > 0);
        // Its text is the same fault.
        t.deepEqual(parse(fault.text).fault, fault);
      } catch (error) {
        t.true(error instanceof Error && error.message.includes(JSON.stringify(text)));
      }
    }),
  );
});
