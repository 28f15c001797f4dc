import type {AnswerChunk} from '../../chat/chunk.js';
import type {JsonValue} from '../../chat/json.js';
import type {AskedRequest} from '../../chat/request.js';

/** An event of a provider's stream: for server-sent events their name and data, for Gemini's JSON array an element as `data`. */
export type ProviderEvent = {readonly event?: string | undefined; readonly data: string};

/** The question that a provider's answer belongs to. */
export type AnsweredQuestion = {readonly request: AskedRequest; readonly modelName: string};

/** Reads a provider's own answer: the mirror of an endpoint's encoders. */
export type AnswerDecoder = {
  /** The chunks of a whole body, from `reply-start` to `reply-end`. @throws RetakeError `upstream_failed` if it is not an answer. */
  decodeBody(body: JsonValue, question: AnsweredQuestion): readonly AnswerChunk[];
  openStream(question: AnsweredQuestion): AnswerStreamDecoder;
  /** Whether a stream may be JSON: an array, of which each element is an event. */
  readonly streamsJson?: true;
};

export type AnswerStreamDecoder = {
  /** The chunks of the next event. @throws RetakeError `upstream_failed` if the event is an error, or is not understood. */
  push(event: ProviderEvent): readonly AnswerChunk[];
  /** Called at the end of the body: the rest, with `reply-end`. @throws RetakeError `upstream_failed` if the answer is not complete. */
  end(): readonly AnswerChunk[];
};
