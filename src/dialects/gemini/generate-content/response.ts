import {type JsonText, writeJson} from '../../../chat/json-text.js';
import type {AnswerIdentity} from '../../dialect.js';
import {oneLine} from '../../kit/one-line.js';
import type {WireLogprobsResult} from './logprobs.js';
import type {WireUsage} from './usage.js';

/** A `GenerateContentResponse`: a whole answer, or one piece of a streamed one. */
export type WireResponse = {
  readonly candidates: readonly WireCandidate[];
  /** Absent before the last response of a stream of Vertex AI. */
  readonly usageMetadata: WireUsage | undefined;
  readonly modelVersion: string;
  readonly responseId: string;
};

export type WireCandidate = {
  readonly content: {readonly parts: readonly WirePart[]; readonly role: 'model'};
  readonly finishReason?: string;
  readonly finishMessage?: string;
  readonly index: number;
  readonly avgLogprobs?: number;
  readonly logprobsResult?: WireLogprobsResult;
};

export type WirePart =
  | {readonly text: string; readonly thought?: true}
  | {readonly functionCall: {readonly id?: string; readonly name: string; readonly args: JsonText}};

/** The format of the answer, from the request. */
export type AnswerOptions = {
  /** As the client wrote it; `modelVersion` is this name without `models/`. */
  readonly modelName: string;
  readonly includeThoughts: boolean;
  /** Whether nothing is attached. */
  readonly isTextOnly: boolean;
  /** Whether the path is one of Vertex AI. */
  readonly isVertex: boolean;
};

export function encodeResponse(
  candidates: readonly WireCandidate[],
  usageMetadata: WireUsage | undefined,
  {modelName}: AnswerOptions,
  {id}: AnswerIdentity,
): string {
  const response: WireResponse = {
    candidates,
    usageMetadata,
    modelVersion: modelName,
    responseId: id,
  };
  return oneLine(writeJson(response));
}
