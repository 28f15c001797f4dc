import type {AnswerChunk, FinishReason, Usage} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {foldChunks, type ToolCall} from '../../../chat/reply.js';
import type {ChatRequest} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {type Ask, askConstrained, askToCall, type Callable} from './ask-constrained.js';
import {type CallExtractor, createCallExtractor} from './call-extractor.js';
import {callOrOutputSchema} from './call-schema.js';
import {resultStart} from './call-text.js';
import {type ArgumentCheck, checkArguments} from './check-arguments.js';
import {promptTools, type ToolPrompt} from './prompt-tools.js';
import {readCall, readName} from './read-call.js';
import type {Piece} from './split-calls.js';
import {checksWithGrammars, compileGrammars, warnOfGrammars} from './tool-grammars.js';

type Calling = NonNullable<ToolPrompt['calling']>;
type Asking = {
  readonly upstream: UpstreamDescription;
  readonly ask: Ask;
  readonly warn: ((text: string) => void) | undefined;
};

/**
 * Asks a model whose chat template does not support tools: the prompt describes them, and the calls are extracted from the text of the
 * answer. An extracted call always matches the declared parameters. A call that does not match is requested once more, constrained to the
 * schema. If that fails too, its text stays in the answer, and the candidate ends with `malformed-tool-call`.
 * @throws SchemaFault if the parameters of a tool are not a JSON Schema
 */
export async function* askWithPrompt(
  request: ChatRequest,
  {upstream, ask, warn}: Asking,
): AsyncGenerator<AnswerChunk> {
  const {tools: _tools, toolChoice: _choice, parallelToolCalls: _parallel, ...rest} = request;
  const {turns, calling, forbidsCalls} = promptTools(request, upstream);
  const prompted = {...rest, turns};
  if (calling === undefined) {
    yield* ask(forbidsCalls ? withoutCalls(prompted, upstream) : prompted);
    return;
  }
  if (!upstream.isLlamaServer) warnOfGrammars(calling.tools, warn);
  const grammars = await compileGrammars(upstream.isLlamaServer ? calling.tools : [], warn);
  const checks = checksWithGrammars(await checkArguments(calling.tools), grammars);
  const askAgain = (tools: readonly Tool[]) => askForCall(prompted, {tools, grammars}, ask);
  yield* extractCalls(askFirst(prompted, {...calling, grammars}, ask), {calling, checks, askAgain});
}

/** The answer may begin with anything but a tag. Only llama-server accepts grammars, and only one per request. */
function withoutCalls(request: ChatRequest, {isLlamaServer}: UpstreamDescription): ChatRequest {
  const {output, extras = {}} = request;
  if (!isLlamaServer || output !== undefined || 'grammar' in extras) return request;
  return {...request, extras: {...extras, grammar: 'root ::= [ \\n]* [^< \\n] [^\\x00]*'}};
}

function askFirst(
  request: ChatRequest,
  {choice, tools, grammars}: Calling & Callable,
  ask: Ask,
): AsyncIterable<AnswerChunk> {
  const {output, sampling} = request;
  if (choice === 'forced') return askToCall(request, {tools, grammars}, ask);
  if (output !== undefined)
    return askConstrained(request, isLoose => callOrOutputSchema(tools, output, isLoose), ask);
  // A model that continues after its call invents the result.
  const stop = [...(sampling?.stop ?? []), resultStart];
  return ask({...request, sampling: {...sampling, stop}});
}

type SecondAnswer = {readonly text: string; readonly usage: Usage | undefined};

async function askForCall(request: ChatRequest, callable: Callable, ask: Ask): Promise<SecondAnswer> {
  const {logprobs: _logprobs, candidates: _candidates, ...single} = request;
  const {candidates, usage} = await foldChunks(askToCall(single, callable, ask));
  return {text: candidates[0]?.text ?? '', usage};
}

type Extraction = {
  readonly calling: Calling;
  readonly checks: ReadonlyMap<string, ArgumentCheck>;
  readonly askAgain: (tools: readonly Tool[]) => Promise<SecondAnswer>;
};

/** The answer with its calls extracted. They come at the end, because the model may have to be asked again. */
async function* extractCalls(
  chunks: AsyncIterable<AnswerChunk>,
  extraction: Extraction,
): AsyncGenerator<AnswerChunk> {
  const extractors = new Map<number, CallExtractor>();
  for await (const chunk of chunks) {
    if (chunk.type === 'text-delta' && !chunk.refusal) {
      const extractor = extractors.get(chunk.candidate) ?? createCallExtractor(extraction.calling.choice);
      extractors.set(chunk.candidate, extractor);
      yield* extractor.push(chunk);
    } else if (chunk.type !== 'reply-end') yield chunk;
    else {
      let {usage} = chunk;
      const finish: FinishReason[] = [];
      for (const [candidate, reason] of chunk.finish.entries()) {
        const {deltas = [], pieces = []} = extractors.get(candidate)?.end() ?? {};
        yield* deltas;
        const settled = await settle(pieces, reason, extraction);
        yield* chunksOf(settled.parts, candidate);
        finish.push(settled.finish);
        usage = addOutput(usage, settled.usage);
      }
      const [first = chunk.finish[0], ...others] = finish;
      yield omitUndefined({type: 'reply-end', finish: [first, ...others], usage});
    }
  }
}

type Settled = {
  readonly parts: readonly (string | ToolCall)[];
  readonly finish: FinishReason;
  readonly usage: Usage | undefined;
};

async function settle(
  pieces: readonly Piece[],
  finish: FinishReason,
  extraction: Extraction,
): Promise<Settled> {
  const parts: (string | ToolCall)[] = [];
  let usage: Usage | undefined;
  let isMalformed = false;
  for (const piece of extraction.calling.isSingle ? upToFirstCall(pieces) : pieces) {
    if (piece.type === 'text') {
      parts.push(piece.text);
      continue;
    }
    let call = readCall(piece.text, extraction.checks);
    if (call === undefined && piece.isWhole) {
      const second = await retryCall(piece.text, extraction);
      call = second && readCall(second.text, extraction.checks);
      usage = addOutput(usage, second?.usage);
    }
    parts.push(call ?? piece.raw);
    // A call that the token limit cut off is not malformed.
    isMalformed ||= call === undefined && (piece.isWhole || finish.unified !== 'length');
  }
  const hasCalls = parts.some(part => typeof part !== 'string');
  return {parts, usage, finish: finishOf(finish, {hasCalls, isMalformed})};
}

function upToFirstCall(pieces: readonly Piece[]): readonly Piece[] {
  const first = pieces.findIndex(({type}) => type === 'call');
  return first === -1 ? pieces : pieces.slice(0, first + 1);
}

/** Asks for the tool that the text names, or for any if it names none. A schema that has failed already is not tried again. */
async function retryCall(
  text: string,
  {calling: {choice, tools}, askAgain}: Extraction,
): Promise<SecondAnswer | undefined> {
  const named = tools.filter(({name}) => name === readName(text));
  const candidates = named.length > 0 ? named : tools;
  if (choice === 'forced' && candidates.length === tools.length) return undefined;
  return askAgain(candidates);
}

function finishOf(
  {stopSequence, ...finish}: FinishReason,
  {hasCalls, isMalformed}: {readonly hasCalls: boolean; readonly isMalformed: boolean},
): FinishReason {
  const isOurStop = stopSequence === resultStart;
  const reported = omitUndefined({...finish, stopSequence: isOurStop ? undefined : stopSequence});
  if (isMalformed) return {...reported, unified: 'malformed-tool-call'};
  return hasCalls && finish.unified === 'stop' ? {...reported, unified: 'tool-calls'} : reported;
}

function* chunksOf(parts: Settled['parts'], candidate: number): Generator<AnswerChunk> {
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

/** The tokens of a second answer count too; its prompt is the same. */
function addOutput(usage: Usage | undefined, second: Usage | undefined): Usage | undefined {
  if (!usage || !second) return usage ?? second;
  return {...usage, outputTokens: usage.outputTokens + second.outputTokens};
}
