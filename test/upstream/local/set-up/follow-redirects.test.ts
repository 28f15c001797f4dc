import test from 'ava';
import {nextAddress} from '../../../../src/upstream/local/set-up/follow-redirects.js';

const leads = test.macro({
  exec(t, from: string, location: string, to: string) {
    t.is(nextAddress(new URL(from), location).href, to);
  },
  title: (_, from, location, to) => `${from} may redirect by \`${location}\` to ${to}`,
});

test(leads, 'https://a.example/x/y', 'z', 'https://a.example/x/z');
test(leads, 'https://a.example/x', 'https://b.example/y', 'https://b.example/y');
test(leads, 'http://a.example/x', 'https://a.example/x', 'https://a.example/x');
test(leads, 'http://a.example/x', 'http://b.example/y', 'http://b.example/y');
test(leads, 'https://a.example/x', 'http://127.0.0.1:8000/y', 'http://127.0.0.1:8000/y');

test('a redirect from https to http is refused', t => {
  t.throws(() => nextAddress(new URL('https://a.example/x'), 'http://b.example/y'), {
    message: /from https to http \(b\.example\)/,
  });
});
