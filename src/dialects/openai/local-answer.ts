import type {LocalAnswer} from '../dialect.js';
import {headersFor} from './answer-headers.js';

/** What the proxy itself keeps, told as JSON. */
export function jsonAnswer(value: object): LocalAnswer {
  const body = JSON.stringify(value);
  return {status: 200, headers: headersFor(body), body};
}
