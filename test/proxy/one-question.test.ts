import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {cassetteKey} from '../../src/cassette/key/key.js';
import {defaultKeySettings} from '../../src/cassette/key/key-settings.js';
import {createViewer} from '../../src/cassette/key/matching-view.js';
import {replaceAttachments} from '../../src/chat/attachments.js';
import {type JsonObject, parseJson, stringifyJson} from '../../src/chat/json.js';
import type {Attachment, ImagePart} from '../../src/chat/media.js';
import {normalizeRequest} from '../../src/chat/normalize.js';
import type {Dialect} from '../../src/dialects/dialect.js';
import {decodeDataUri} from '../../src/media/data-uri.js';
import {anthropic, gemini, openai, questionEndpoint} from '../support/dialects.js';
import {arbitraryQuestion, type Question, toAnthropic, toGemini, toOpenai} from './one-question.js';

const {viewOf} = createViewer(defaultKeySettings);

/** The key of a body as it is sent over the wire. */
function keyOf(dialect: Dialect, endpoint: string, body: JsonObject): string {
  const {request} = questionEndpoint(dialect.endpoints[endpoint]).decodeRequest({
    ...{params: {model: 'm'}, query: new URLSearchParams(), headers: {}, path: '/'},
    body: parseJson(stringifyJson(body)),
  });
  return cassetteKey(viewOf(normalizeRequest(replaceAttachments(request, pictureOf))).view);
}

function pictureOf({source}: Attachment): readonly ImagePart[] {
  const bytes = source.kind === 'bytes' ? source.bytes : decodeDataUri(source.uri).bytes;
  return [{type: 'image', sha256: createHash('sha256').update(bytes).digest('hex')}];
}

const ways: Readonly<Record<string, (question: Question) => string>> = {
  Gemini: question => keyOf(gemini, 'generateContent', toGemini(question)),
  OpenAI: question => keyOf(openai, 'chatCompletions', toOpenai(question)),
  Anthropic: question => keyOf(anthropic, 'messages', toAnthropic(question)),
};

/** Whether Gemini can express it: it has no setting for one call at a time. */
function isForAll({isSingle, tools, choice}: Question): boolean {
  return !isSingle || tools.length === 0 || choice === 'none';
}

test('the same request has the same key through every API', t => {
  fc.assert(
    fc.property(arbitraryQuestion, question => {
      const keys = Object.entries(ways)
        .filter(([name]) => name !== 'Gemini' || isForAll(question))
        .map(([, keyIn]) => keyIn(question));
      return new Set(keys).size === 1;
    }),
    {numRuns: 2000},
  );
  t.pass();
});

/** Significant changes, each of one part of a request; undefined if the request does not have that part. */
const changes: Readonly<Record<string, (question: Question) => Question | undefined>> = {
  'the system text': q => ({...q, system: `${q.system ?? ''} more`}),
  'the last question': q => ({...q, asked: [...q.asked, {text: 'more'}]}),
  'the order of its parts': q =>
    q.asked.length > 1 && stringifyJson(q.asked.map(nameOf)) !== stringifyJson(q.asked.map(nameOf).reverse())
      ? {...q, asked: q.asked.toReversed()}
      : undefined,
  'an image': q => ({...q, asked: [...q.asked, {picture: new Uint8Array([1, 2, 3, 4, 5])}]}),
  'an earlier answer': q => changeFirst(q, round => ({...round, answer: `${round.answer}x`})),
  'the name of a tool call': q => changeCall(q, call => ({...call, name: `${call.name}x`})),
  'the arguments of a tool call': q => changeCall(q, call => ({...call, input: {...call.input, added: 1}})),
  'the result of a tool call': q => changeCall(q, call => ({...call, result: {...call.result, added: 1}})),
  'an additional function': q =>
    q.tools.length > 0
      ? {
          ...q,
          tools: [
            ...q.tools,
            {name: 'added-one', description: 'd', schema: {type: 'object', properties: {}}},
          ],
        }
      : undefined,
  'the description of a function': q =>
    changeTool(q, tool => ({...tool, description: `${tool.description}x`})),
  'the parameters of a function': q =>
    changeTool(q, tool => ({...tool, schema: {type: 'object', properties: {another: {type: 'string'}}}})),
  'the tool choice': q =>
    q.tools.length > 0
      ? {...q, choice: q.choice === 'auto' ? 'required' : 'auto', isSingle: false}
      : undefined,
  'the temperature': q => ({...q, temperature: q.temperature === 1 ? 0.5 : q.temperature + 0.1}),
  'top p': q => ({...q, topP: q.topP === 1 ? 0.5 : q.topP + 0.05}),
  'the token limit': q => ({...q, maxTokens: q.maxTokens + 1}),
  'a stop sequence': q => ({...q, stop: [...q.stop, 'another stop'].slice(0, 4)}),
  'the output format': q => ({
    ...q,
    answerSchema: {type: 'object', properties: {another: {type: 'number'}}},
  }),
};

function nameOf(piece: Question['asked'][number]): string {
  return 'text' in piece ? piece.text : Buffer.from(piece.picture).toString('hex');
}

function changeFirst(
  question: Question,
  change: (round: Question['rounds'][number]) => Question['rounds'][number],
): Question | undefined {
  const [first, ...others] = question.rounds;
  return first && {...question, rounds: [change(first), ...others]};
}

type Call = Question['rounds'][number]['calls'][number];

function changeCall(question: Question, change: (call: Call) => Call): Question | undefined {
  const index = question.rounds.findIndex(({calls}) => calls.length > 0);
  if (index === -1) return undefined;
  const rounds = question.rounds.map((round, number) => {
    const [first, ...others] = round.calls;
    return number === index && first ? {...round, calls: [change(first), ...others]} : round;
  });
  return {...question, rounds};
}

function changeTool(
  question: Question,
  change: (tool: Question['tools'][number]) => Question['tools'][number],
): Question | undefined {
  const [first, ...others] = question.tools;
  return first && {...question, tools: [change(first), ...others]};
}

for (const [what, change] of Object.entries(changes)) {
  test(`a request that differs in ${what} has a different key through every API`, t => {
    let changed = 0;
    fc.assert(
      fc.property(arbitraryQuestion, question => {
        const other = change(question);
        if (!other) return true;
        changed++;
        return Object.entries(ways)
          .filter(([name]) => name !== 'Gemini' || (isForAll(question) && isForAll(other)))
          .every(([, keyIn]) => keyIn(question) !== keyIn(other));
      }),
      {numRuns: 300},
    );
    t.true(changed > 50, `${changed} questions were changed`);
  });
}
