import type {AnswerChunk, FinishReason, Usage} from '../../../chat/chunk.js';
import {foldChunks, type ToolCall} from '../../../chat/reply.js';
import type {ChatRequest} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import {RetakeError} from '../../../errors.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {type CallListener, listenForCalls} from './call-extractor.js';
import {callOrOutputSchema, callSchema} from './call-schema.js';
import {resultStart} from './call-text.js';
import {type ArgumentCheck, checkArguments} from './check-arguments.js';
import {promptTools, type ToolPrompt} from './prompt-tools.js';
import {readCall, readName} from './read-call.js';
import type {Piece} from './split-calls.js';

type Ask = (request: ChatRequest) => AsyncIterable<AnswerChunk>;
type Calling = NonNullable<ToolPrompt['calling']>;

/**
 * Asks a model whose template has no words for tools: it is told of them in its instructions, and its calls are found in what it says.
 * A call that is told always fits what its function declares. One that does not is asked for once more, held to that schema; when that
 * does not help either, it is told as the words that it is, and the candidate ends with `malformed-tool-call`.
 * @throws RetakeError `invalid_request` when the parameters of a function are no JSON Schema
 */
export async function* askWithPrompt(
  request: ChatRequest,
  upstream: UpstreamDescription,
  ask: Ask,
): AsyncGenerator<AnswerChunk> {
  const {tools: _tools, toolChoice: _choice, parallelToolCalls: _parallel, ...rest} = request;
  const {turns, calling, forbidsCalls} = promptTools(request, upstream);
  const prompted = {...rest, turns};
  if (calling === undefined) {
    yield* ask(forbidsCalls ? withoutCalls(prompted, upstream) : prompted);
    return;
  }
  const checks = await checkArguments(calling.tools);
  const askAgain = (tools: readonly Tool[]) => askForCall(prompted, tools, ask);
  yield* hearCalls(askFirst(prompted, calling, ask), {calling, checks, askAgain});
}

/** The answer may begin with anything but a mark. Only llama-server takes grammars, and only one at a time. */
function withoutCalls(request: ChatRequest, {isLlamaServer}: UpstreamDescription): ChatRequest {
  const {output, extras = {}} = request;
  if (!isLlamaServer || output !== undefined || 'grammar' in extras) return request;
  return {...request, extras: {...extras, grammar: 'root ::= [ \\n]* [^< \\n] [^\\x00]*'}};
}

function askFirst(request: ChatRequest, {choice, tools}: Calling, ask: Ask): AsyncIterable<AnswerChunk> {
  const {output, sampling} = request;
  if (choice === 'forced') return askHeld(request, isLoose => callSchema(tools, isLoose), ask);
  if (output !== undefined)
    return askHeld(request, isLoose => callOrOutputSchema(tools, output, isLoose), ask);
  // A model that goes on after its call makes up what the function returns.
  const stop = [...(sampling?.stop ?? []), resultStart];
  return ask({...request, sampling: {...sampling, stop}});
}

/** Asks for an answer of a schema; loosely where the server can make no grammar of it, for calls are checked in any case. */
async function* askHeld(
  request: ChatRequest,
  schemaOf: (isLoose: boolean) => OutputSchema,
  ask: Ask,
): AsyncGenerator<AnswerChunk> {
  let hasStarted = false;
  try {
    for await (const chunk of ask(heldTo(request, schemaOf(false)))) {
      hasStarted = true;
      yield chunk;
    }
  } catch (error) {
    if (hasStarted || !isRefusedGrammar(error)) throw error;
    yield* ask(heldTo(request, schemaOf(true)));
  }
}

type OutputSchema = ReturnType<typeof callSchema>;

function heldTo(request: ChatRequest, schema: OutputSchema): ChatRequest {
  return {...request, output: {type: 'json-schema', schema}};
}

function isRefusedGrammar(error: unknown): boolean {
  return (
    error instanceof RetakeError &&
    error.code === 'upstream_rejected' &&
    /schema|grammar|parser/i.test(error.message)
  );
}

type SecondAnswer = {readonly text: string; readonly usage: Usage | undefined};

async function askForCall(request: ChatRequest, tools: readonly Tool[], ask: Ask): Promise<SecondAnswer> {
  const {logprobs: _logprobs, candidates: _candidates, ...single} = request;
  const {candidates, usage} = await foldChunks(askHeld(single, isLoose => callSchema(tools, isLoose), ask));
  return {text: candidates[0]?.text ?? '', usage};
}

type Hearing = {
  readonly calling: Calling;
  readonly checks: ReadonlyMap<string, ArgumentCheck>;
  readonly askAgain: (tools: readonly Tool[]) => Promise<SecondAnswer>;
};

/** The answer with its calls told as calls. They come when the model has said all, for it may have to be asked again. */
async function* hearCalls(chunks: AsyncIterable<AnswerChunk>, hearing: Hearing): AsyncGenerator<AnswerChunk> {
  const listeners = new Map<number, CallListener>();
  for await (const chunk of chunks) {
    if (chunk.type === 'text-delta') {
      const listener = listeners.get(chunk.candidate) ?? listenForCalls(hearing.calling.choice);
      listeners.set(chunk.candidate, listener);
      yield* listener.hear(chunk);
    } else if (chunk.type !== 'reply-end') yield chunk;
    else {
      let {usage} = chunk;
      const finish: FinishReason[] = [];
      for (const [candidate, reason] of chunk.finish.entries()) {
        const {deltas = [], pieces = []} = listeners.get(candidate)?.end() ?? {};
        yield* deltas;
        const settled = await settle(pieces, reason, hearing);
        yield* tell(settled.parts, candidate);
        finish.push(settled.finish);
        usage = addOutput(usage, settled.usage);
      }
      const [first = chunk.finish[0], ...others] = finish;
      yield {type: 'reply-end', finish: [first, ...others], ...(usage && {usage})};
    }
  }
}

type Settled = {
  readonly parts: readonly (string | ToolCall)[];
  readonly finish: FinishReason;
  readonly usage: Usage | undefined;
};

async function settle(pieces: readonly Piece[], finish: FinishReason, hearing: Hearing): Promise<Settled> {
  const parts: (string | ToolCall)[] = [];
  let usage: Usage | undefined;
  let isMalformed = false;
  for (const piece of hearing.calling.isSingle ? upToFirstCall(pieces) : pieces) {
    if (piece.type === 'text') {
      parts.push(piece.text);
      continue;
    }
    let call = readCall(piece.text, hearing.checks);
    if (call === undefined && piece.isWhole) {
      const second = await secondTry(piece.text, hearing);
      call = second && readCall(second.text, hearing.checks);
      usage = addOutput(usage, second?.usage);
    }
    parts.push(call ?? piece.raw);
    // A call that the limit of tokens cut off is no wrong one.
    isMalformed ||= call === undefined && (piece.isWhole || finish.unified !== 'length');
  }
  const hasCalls = parts.some(part => typeof part !== 'string');
  return {parts, usage, finish: finishOf(finish, {hasCalls, isMalformed})};
}

function upToFirstCall(pieces: readonly Piece[]): readonly Piece[] {
  const first = pieces.findIndex(({type}) => type === 'call');
  return first === -1 ? pieces : pieces.slice(0, first + 1);
}

/** Asks for the function that was meant, or for any when that is not clear. A grammar that did not help the first time is not tried again. */
async function secondTry(
  text: string,
  {calling: {choice, tools}, askAgain}: Hearing,
): Promise<SecondAnswer | undefined> {
  const meant = tools.filter(({name}) => name === readName(text));
  const candidates = meant.length > 0 ? meant : tools;
  if (choice === 'forced' && candidates.length === tools.length) return undefined;
  return askAgain(candidates);
}

function finishOf(
  {stopSequence, ...finish}: FinishReason,
  {hasCalls, isMalformed}: {readonly hasCalls: boolean; readonly isMalformed: boolean},
): FinishReason {
  const kept = {
    ...finish,
    ...(stopSequence !== undefined && stopSequence !== resultStart && {stopSequence}),
  };
  if (isMalformed) return {...kept, unified: 'malformed-tool-call'};
  return hasCalls && finish.unified === 'stop' ? {...kept, unified: 'tool-calls'} : kept;
}

function* tell(parts: Settled['parts'], candidate: number): Generator<AnswerChunk> {
  let call = 0;
  for (const part of parts) {
    if (typeof part === 'string') yield {type: 'text-delta', candidate, text: part};
    else {
      yield {type: 'tool-call-start', candidate, call, name: part.name};
      yield {type: 'tool-call-delta', candidate, call, text: part.arguments};
      call++;
    }
  }
}

/** What was said a second time costs its tokens too; the prompt is the same. */
function addOutput(usage: Usage | undefined, second: Usage | undefined): Usage | undefined {
  if (!usage || !second) return usage ?? second;
  return {...usage, outputTokens: usage.outputTokens + second.outputTokens};
}
