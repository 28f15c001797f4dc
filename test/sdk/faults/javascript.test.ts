import {readFile} from 'node:fs/promises';
import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import test from 'ava';
import OpenAI from 'openai';
import {faultCases} from './cases.js';
import {documented, faultyProxy, type Outcome} from './measure.js';

type Asked = {readonly url: string; readonly streams: boolean; readonly timeout: number | undefined};

/** What an application of each SDK does: no option but the address and, if it has one, its timeout. */
const applications: Readonly<Record<string, (asked: Asked) => Promise<Outcome>>> = {
  async openai({url, streams, timeout}) {
    const client = new OpenAI({apiKey: 'placeholder', baseURL: `${url}/v1`, ...(timeout && {timeout})});
    const messages = [{role: 'user' as const, content: 'Count to four.'}];
    if (!streams) {
      const [choice] = (await client.chat.completions.create({model: 'gpt-4o', messages})).choices;
      return {text: choice?.message.content ?? '', finish: choice?.finish_reason ?? ''};
    }
    let text = '';
    let finish = '';
    for await (const {choices} of await client.chat.completions.create({
      model: 'gpt-4o',
      messages,
      stream: true,
    })) {
      text += choices[0]?.delta.content ?? '';
      finish = choices[0]?.finish_reason ?? finish;
    }
    return {text, finish};
  },
  async anthropic({url, streams, timeout}) {
    const client = new Anthropic({apiKey: 'placeholder', baseURL: url, ...(timeout && {timeout})});
    const request = {
      model: 'claude',
      max_tokens: 100,
      messages: [{role: 'user' as const, content: 'Count to four.'}],
    };
    const message = streams
      ? await client.messages.stream(request).finalMessage()
      : await client.messages.create(request);
    const text = message.content.map(block => (block.type === 'text' ? block.text : '')).join('');
    return {text, finish: message.stop_reason ?? ''};
  },
  async genai({url, streams, timeout}) {
    const client = new GoogleGenAI({
      apiKey: 'placeholder',
      httpOptions: {baseUrl: url, ...(timeout && {timeout})},
    });
    const request = {model: 'gemini-2.5-flash', contents: 'Count to four.'};
    const responses = streams
      ? await client.models.generateContentStream(request)
      : [await client.models.generateContent(request)];
    let text = '';
    let finish = '';
    for await (const {candidates: [candidate] = []} of responses) {
      text += candidate?.content?.parts?.map(part => part.text ?? '').join('') ?? '';
      finish = candidate?.finishReason ?? finish;
    }
    return {text, finish};
  },
};

const packages = {openai: 'openai', anthropic: '@anthropic-ai/sdk', genai: '@google/genai'} as const;

for (const [id, name] of Object.entries(packages)) {
  for (const one of faultCases) {
    test.serial(`${name}: ${one.name}`, async t => {
      const {version} = JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8'));
      const {url, describe} = await faultyProxy(t, one);
      const {streams, timeout} = one;
      const outcome = await applications[id]?.({url, streams, timeout}).catch(
        (error: Error & {status?: unknown}) => ({
          raised: error.name === 'Error' ? error.constructor.name : error.name,
          status: typeof error.status === 'number' ? error.status : undefined,
        }),
      );
      if (!outcome) return t.fail();
      t.is(await describe(outcome), documented(`${name} ${version}`, one));
    });
  }
}
