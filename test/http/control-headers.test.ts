import test from 'ava';
import {isMode, modes} from '../../src/cassette/modes.js';
import {readControl} from '../../src/http/control-headers.js';

const server = {mode: 'auto', allowModeOverride: false, pathCassette: undefined} as const;

test('without headers, the server settings apply', t => {
  t.deepEqual(readControl({}, server), {mode: 'auto', session: '', cassette: undefined});
});

test('each header is read', t => {
  const headers = {'x-retake-mode': 'record', 'x-retake-session': 's 1', 'x-retake-cassette': 'suite'};
  t.deepEqual(readControl(headers, server), {mode: 'record', session: 's 1', cassette: 'suite'});
});

test('the path may name the cassette, and a header may repeat it', t => {
  const named = {...server, pathCassette: 'suite'};
  t.is(readControl({}, named).cassette, 'suite');
  t.is(readControl({'x-retake-cassette': 'suite'}, named).cassette, 'suite');
  t.throws(() => readControl({'x-retake-cassette': 'other'}, named), {code: 'invalid_request'});
});

for (const mode of Object.keys(modes).filter(isMode)) {
  test(`mode ${mode} can be requested, except from a strict replay`, t => {
    const headers = {'x-retake-mode': mode};
    t.is(readControl(headers, server).mode, mode);
    t.is(readControl(headers, {...server, mode: 'replay', allowModeOverride: true}).mode, mode);
    const strict = {...server, mode: 'replay'} as const;
    if (mode === 'replay') t.is(readControl(headers, strict).mode, 'replay');
    else t.throws(() => readControl(headers, strict), {code: 'mode_not_allowed'});
  });
}

for (const mode of ['', 'Replay', 'replay ', 'toString', '__proto__', 'auto, replay']) {
  test(`${JSON.stringify(mode)} is not a mode`, t => {
    t.throws(() => readControl({'x-retake-mode': mode}, server), {
      code: 'invalid_request',
      message: /one of replay, auto, record, passthrough/,
    });
  });
}

test('the name of a session is short', t => {
  const name = 'x'.repeat(200);
  t.is(readControl({'x-retake-session': name}, server).session, name);
  t.throws(() => readControl({'x-retake-session': `${name}x`}, server), {
    code: 'invalid_request',
    message: /x-retake-session to have at most 200 characters, got 201/,
  });
});
