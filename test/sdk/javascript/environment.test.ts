import {GoogleGenAI} from '@google/genai';
import test from 'ava';
import OpenAI from 'openai';
import {liveProxy} from '../../proxy/live-proxy.js';

test('clients without options find the proxy through the environment', async t => {
  const {url, upstream} = await liveProxy(t);
  Object.assign(process.env, {
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_API_KEY: 'placeholder',
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: 'placeholder',
  });
  const reply = await new GoogleGenAI({}).models.generateContent({model: 'm', contents: 'hi'});
  t.is(reply.text, 'You said: hi');
  const messages = [{role: 'user' as const, content: 'hi'}];
  const completion = await new OpenAI().chat.completions.create({model: 'm', messages});
  t.is(completion.choices[0]?.message.content, 'You said: hi');
  t.is(upstream.requests.length, 1);
});
