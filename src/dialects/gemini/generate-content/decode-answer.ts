import type {AnswerChunk, FinishReason, TokenLogprob, Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AnswerDecoder, AnsweredQuestion} from '../../kit/answer-decoder.js';
import {CharacterJoiner} from '../../kit/join-characters.js';
import {incompleteAnswer, notUnderstood, reportedFailure} from '../../kit/provider-failure.js';
import {countIn, listIn, nameIn, objectIn, parseEventData, textIn} from '../../kit/provider-json.js';
import {requestFor} from '../../kit/request-for.js';
import {decodeBlockReason, decodeFinishReason} from './finish-reason.js';
import {decodeLogprobs} from './logprobs.js';
import {decodeUsage} from './usage.js';

/**
 * Reads `GenerateContentResponse`s: the mirror of `encode-reply.ts` and `encode-stream.ts`. A body is one response, or the array of those
 * of a stream.
 */
export const answerDecoder: AnswerDecoder = {
  decodeBody(body, question) {
    const decoder = new ResponseDecoder(question);
    const responses = Array.isArray(body) ? body : [body];
    const content = responses.flatMap(response => [...decoder.add(objectIn(response, 'a response'))]);
    return [...content, ...decoder.end({isWhole: true})];
  },
  streamsJson: true,
  openStream(question) {
    const decoder = new ResponseDecoder(question);
    return {
      push({data}) {
        const response = parseEventData(data);
        return response ? [...decoder.add(response)] : [];
      },
      end: () => [...decoder.end({isWhole: false})],
    };
  },
};

/** Members of a response. One without any of them is something else. */
const responseMembers = [
  'candidates',
  'promptFeedback',
  'usageMetadata',
  'modelVersion',
  'responseId',
  'createTime',
];

/** A stream has no event for its end: it is complete when the last content of each candidate has a finish reason. */
class ResponseDecoder {
  readonly #modelName: string;
  readonly #requested: number;
  readonly #hasLogprobs: boolean;
  readonly #joiner = new CharacterJoiner();
  readonly #calls = new Map<number, number>();
  readonly #finishWords = new Map<number, string>();
  #hasStarted = false;
  #seen = 0;
  #blockReason: string | undefined;
  #usage: Usage | undefined;

  constructor({request, modelName}: AnsweredQuestion) {
    const {candidates = 1, logprobs} = requestFor('chat', request);
    this.#modelName = modelName;
    this.#requested = candidates;
    this.#hasLogprobs = logprobs !== undefined;
  }

  *add(response: JsonObject): Generator<AnswerChunk> {
    const {error, promptFeedback, usageMetadata} = response;
    if (error !== undefined && error !== null) throw reportedFailure(error);
    if (!responseMembers.some(name => Object.hasOwn(response, name)))
      throw notUnderstood('it is not a response', response);
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      yield {type: 'reply-start', answeredBy: {model: nameIn(response, 'modelVersion') ?? this.#modelName}};
    }
    if (isJsonObject(promptFeedback)) this.#blockReason ??= nameIn(promptFeedback, 'blockReason');
    for (const [place, candidate] of listIn(response, 'candidates').entries())
      yield* this.#addCandidate(objectIn(candidate, 'a candidate'), place);
    this.#usage = (isJsonObject(usageMetadata) ? decodeUsage(usageMetadata) : undefined) ?? this.#usage;
  }

  *end({isWhole}: {readonly isWhole: boolean}): Generator<AnswerChunk> {
    for (let index = 0; index < this.#seen; index++) {
      yield* content(index, this.#joiner.end(`reasoning ${index}`), true);
      yield* content(index, this.#joiner.end(`text ${index}`), false);
    }
    const [first, ...others] = this.#finishes(isWhole ? Math.max(this.#seen, 1) : this.#requested);
    if (first === undefined) throw incompleteAnswer('a candidate');
    yield omitUndefined({type: 'reply-end', finish: [first, ...others] as const, usage: this.#usage});
  }

  #finishes(expected: number): readonly FinishReason[] {
    if (this.#seen === 0 && this.#blockReason !== undefined) return [decodeBlockReason(this.#blockReason)];
    return Array.from({length: expected}, (_, index) => {
      const word = this.#finishWords.get(index);
      if (word === undefined) throw incompleteAnswer(`a finish reason of candidate ${index}`);
      return decodeFinishReason(word, this.#calls.has(index));
    });
  }

  *#addCandidate(candidate: JsonObject, place: number): Generator<AnswerChunk> {
    const index = countIn(candidate['index'] ?? place);
    if (index === undefined || index >= this.#requested)
      throw notUnderstood('a candidate was not requested', candidate);
    this.#seen = Math.max(this.#seen, index + 1);
    const said = candidate['content'] ?? {};
    const parts = listIn(objectIn(said, 'the content of a candidate'), 'parts');
    const chunks = parts.flatMap(part => [...this.#decodePart(objectIn(part, 'a part'), index)]);
    yield* withLogprobs(chunks, index, this.#hasLogprobs ? decodeLogprobs(candidate) : []);
    const word = nameIn(candidate, 'finishReason');
    if (word !== undefined && word !== 'FINISH_REASON_UNSPECIFIED') this.#finishWords.set(index, word);
    else if (chunks.length > 0) this.#finishWords.delete(index);
  }

  *#decodePart(part: JsonObject, index: number): Generator<AnswerChunk> {
    const [kind, another] = Object.keys(part).filter(name => !partMetadata.has(name) && part[name] !== null);
    if (another !== undefined) throw notUnderstood('a part is of two kinds', part);
    switch (kind) {
      case undefined:
        return;
      case 'text': {
        const isThought = part['thought'] === true;
        const stream = `${isThought ? 'reasoning' : 'text'} ${index}`;
        yield* content(index, this.#joiner.add(stream, textIn(part, 'text')), isThought);
        return;
      }
      case 'functionCall':
        yield* this.#decodeCall(objectIn(part[kind], 'a call'), index);
        return;
      // What the provider's own tools did: no text of the model, and no call for the client.
      case 'executableCode':
      case 'codeExecutionResult':
      case 'toolCall':
      case 'toolResponse':
        return;
      default:
        throw notUnderstood(`a part is of the kind ${stringifyJson(kind)}`, part);
    }
  }

  *#decodeCall(called: JsonObject, candidate: number): Generator<AnswerChunk> {
    const name = nameIn(called, 'name');
    const args = called['args'] ?? {};
    if (name === undefined) throw notUnderstood('a call has no name', called);
    if (!isJsonObject(args)) throw notUnderstood('the arguments of a call are not an object', called);
    if (called['willContinue'] === true || listIn(called, 'partialArgs').length > 0)
      throw notUnderstood('a call is in pieces', called);
    const call = this.#calls.get(candidate) ?? 0;
    this.#calls.set(candidate, call + 1);
    yield {type: 'tool-call-start', candidate, call, name};
    yield {type: 'tool-call-delta', candidate, call, text: stringifyJson(args).toWellFormed()};
  }
}

/** Members of a part that say something about its content. */
const partMetadata = new Set([
  'thought',
  'thoughtSignature',
  'videoMetadata',
  'partMetadata',
  'mediaResolution',
  'mediaProcessing',
  'speechMetadata',
]);

function* content(candidate: number, text: string, isThought: boolean): Generator<AnswerChunk> {
  if (text !== '') yield {type: isThought ? 'reasoning-delta' : 'text-delta', candidate, text};
}

/** The tokens of a response belong to its text; the last piece of it gets them. */
function withLogprobs(
  chunks: readonly AnswerChunk[],
  candidate: number,
  logprobs: readonly TokenLogprob[],
): readonly AnswerChunk[] {
  if (logprobs.length === 0) return chunks;
  const last = chunks.findLastIndex(({type}) => type === 'text-delta');
  const text = chunks[last];
  if (text?.type !== 'text-delta') return [...chunks, {type: 'text-delta', candidate, text: '', logprobs}];
  return chunks.with(last, {...text, logprobs});
}
