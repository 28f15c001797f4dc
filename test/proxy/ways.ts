import {createParser} from 'eventsource-parser';

/** A way to send a request: an API, and its delivery. */
export type Way = {
  readonly name: string;
  readonly api: 'gemini' | 'openai' | 'anthropic';
  readonly streams: boolean;
  readonly path: string;
  /** The body of this request. */
  ask(question: string, settings?: Settings): object;
  /** The content of an answer, in one form for all ways. */
  read(body: string): Answer;
};

/** Settings that both APIs have. */
export type Settings = {
  readonly temperature?: number;
  readonly candidates?: number;
  /** The number of alternatives for each token. */
  readonly alternatives?: number;
};

export type Answer = {
  readonly id: string;
  readonly model: string;
  readonly candidates: readonly AnsweredCandidate[];
  readonly tokens: {readonly input: number; readonly output: number};
};

export type AnsweredCandidate = {text: string; finish: string; logprobs: AnsweredToken[]};
type AnsweredToken = {readonly token: string; readonly logprob: number; readonly top: readonly unknown[]};

const geminiModel = '/v1beta/models/gemini-2.5-flash';

export const geminiUnary: Way = {
  name: 'Gemini, unary',
  api: 'gemini',
  streams: false,
  path: `${geminiModel}:generateContent`,
  ask: geminiBody,
  read: body => readGemini([JSON.parse(body)]),
};

export const geminiStream: Way = {
  ...geminiUnary,
  name: 'Gemini, streamed',
  streams: true,
  path: `${geminiModel}:streamGenerateContent?alt=sse`,
  read: body => readGemini(eventsOf(body).map(data => JSON.parse(data))),
};

export const geminiArray: Way = {
  ...geminiStream,
  name: 'Gemini, streamed as an array',
  path: `${geminiModel}:streamGenerateContent`,
  read: body => readGemini(JSON.parse(body)),
};

export const openaiUnary: Way = {
  name: 'OpenAI, unary',
  api: 'openai',
  streams: false,
  path: '/v1/chat/completions',
  ask: openaiBody,
  read: body => readOpenai([JSON.parse(body)]),
};

export const openaiStream: Way = {
  ...openaiUnary,
  name: 'OpenAI, streamed',
  streams: true,
  ask: (question, settings) => ({
    ...openaiBody(question, settings),
    stream: true,
    stream_options: {include_usage: true},
  }),
  read: body => readOpenai(withoutDone(eventsOf(body)).map(data => JSON.parse(data))),
};

/** This API requires a token limit: its request equals those of the other APIs with the same limit. */
export const anthropicUnary: Way = {
  name: 'Anthropic, unary',
  api: 'anthropic',
  streams: false,
  path: '/v1/messages',
  ask: anthropicBody,
  read: body => readAnthropic(JSON.parse(body)),
};

export const anthropicStream: Way = {
  ...anthropicUnary,
  name: 'Anthropic, streamed',
  streams: true,
  ask: (question, settings) => ({...anthropicBody(question, settings), stream: true}),
  read: body => readAnthropicEvents(eventsOf(body).map(data => JSON.parse(data))),
};

export const ways: readonly Way[] = [geminiUnary, geminiStream, geminiArray, openaiUnary, openaiStream];

function anthropicBody(question: string, {temperature}: Settings = {}): object {
  return {model: 'claude', max_tokens: 100, messages: [{role: 'user', content: question}], temperature};
}

function geminiBody(question: string, {temperature, candidates, alternatives}: Settings = {}): object {
  const generationConfig = {
    temperature,
    candidateCount: candidates,
    ...(alternatives !== undefined && {responseLogprobs: true, logprobs: alternatives}),
  };
  return {contents: [{role: 'user', parts: [{text: question}]}], generationConfig};
}

function openaiBody(question: string, {temperature, candidates, alternatives}: Settings = {}): object {
  return {
    model: 'gpt-4o',
    messages: [{role: 'user', content: question}],
    temperature,
    n: candidates,
    ...(alternatives !== undefined && {logprobs: true, top_logprobs: alternatives}),
  };
}

/** The data of each event of a stream. */
export function eventsOf(body: string): readonly string[] {
  const events: string[] = [];
  const parser = createParser({onEvent: event => events.push(event.data)});
  parser.feed(body);
  return events;
}

function withoutDone(events: readonly string[]): readonly string[] {
  return events.filter(data => data !== '[DONE]');
}

// biome-ignore-start lint/suspicious/noExplicitAny: the answer is read as it was sent, and a wrong shape fails the test
function readGemini(responses: readonly any[]): Answer {
  const candidates: AnsweredCandidate[] = [];
  for (const response of responses) {
    for (const {index = 0, content, finishReason, logprobsResult} of response.candidates) {
      const candidate = candidateAt(candidates, index);
      for (const part of content.parts) candidate.text += part.text;
      if (finishReason) candidate.finish = geminiFinish[finishReason] ?? finishReason;
      const {chosenCandidates = [], topCandidates = []} = logprobsResult ?? {};
      chosenCandidates.forEach(({token, logProbability}: any, place: number) => {
        const top = topCandidates[place]?.candidates ?? [];
        candidate.logprobs.push({
          token,
          logprob: logProbability,
          top: top.map((other: any) => ({token: other.token, logprob: other.logProbability})),
        });
      });
    }
  }
  const {usageMetadata, modelVersion, responseId} = responses.at(-1);
  const {promptTokenCount: input, candidatesTokenCount: output} = usageMetadata;
  return {id: responseId, model: modelVersion, candidates, tokens: {input, output}};
}

function readOpenai(responses: readonly any[]): Answer {
  const candidates: AnsweredCandidate[] = [];
  for (const response of responses) {
    for (const {index, message, delta, finish_reason: finish, logprobs} of response.choices) {
      const candidate = candidateAt(candidates, index);
      candidate.text += (message ?? delta).content ?? '';
      if (finish) candidate.finish = finish;
      for (const {token, logprob, top_logprobs: top} of logprobs?.content ?? []) {
        candidate.logprobs.push({
          token,
          logprob,
          top: top.map((other: any) => ({token: other.token, logprob: other.logprob})),
        });
      }
    }
  }
  const {id, model} = responses[0];
  const {prompt_tokens: input, completion_tokens: output} = responses.at(-1).usage;
  return {id: id.replace(/^chatcmpl-/, ''), model, candidates, tokens: {input, output}};
}
function readAnthropic({id, model, content, stop_reason: finish, usage}: any): Answer {
  const text = content.map((block: any) => block.text ?? '').join('');
  const candidate = {text, finish: anthropicFinish[finish] ?? finish, logprobs: []};
  const tokens = {input: usage.input_tokens, output: usage.output_tokens};
  return {id: id.replace(/^msg_/, ''), model, candidates: [candidate], tokens};
}

function readAnthropicEvents(events: readonly any[]): Answer {
  const {message} = events.find(({type}) => type === 'message_start');
  const end = events.find(({type}) => type === 'message_delta');
  const text = events.map(({delta}) => delta?.text ?? '').join('');
  return readAnthropic({...message, content: [{text}], ...end.delta, usage: end.usage});
}
// biome-ignore-end lint/suspicious/noExplicitAny: until here

function candidateAt(candidates: AnsweredCandidate[], index: number): AnsweredCandidate {
  const candidate = candidates[index] ?? {text: '', finish: 'none', logprobs: []};
  candidates[index] = candidate;
  return candidate;
}

const anthropicFinish: Readonly<Record<string, string>> = {end_turn: 'stop', max_tokens: 'length'};
const geminiFinish: Readonly<Record<string, string>> = {STOP: 'stop', MAX_TOKENS: 'length'};
