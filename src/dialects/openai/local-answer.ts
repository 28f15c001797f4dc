import type {LocalAnswer} from '../dialect.js';
import {jsonAnswer as answer} from '../kit/json-answer.js';
import {headersFor} from './answer-headers.js';

/** A JSON answer with OpenAI's request id. */
export function jsonAnswer(value: object): LocalAnswer {
  const body = JSON.stringify(value);
  return answer(body, headersFor(body));
}
