import assert from 'node:assert/strict';
import {test} from 'node:test';
import {capitalOf} from './capitals.js';

test('the capital of France', async () => {
  assert.match(await capitalOf('France'), /France/);
});

test('the capital of Italy', async () => {
  assert.match(await capitalOf('Italy'), /Italy/);
});
