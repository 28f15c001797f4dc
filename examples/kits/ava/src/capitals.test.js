import test from 'ava';
import {useRetake} from 'retake/ava';
import {capitalOf} from './capitals.js';

const retake = await useRetake();

test('the capital of France', async t => {
  t.regex(await capitalOf('France', retake.urlsOf(t).openai), /France/);
});

test('the capital of Italy', async t => {
  t.regex(await capitalOf('Italy', retake.urlsOf(t).openai), /Italy/);
});
