import {type Writable, writeJson} from '../../chat/json-text.js';
import type {LocalAnswer} from '../dialect.js';
import {oneLine} from './generate-content/response.js';

export const jsonHeaders = {'content-type': 'application/json; charset=UTF-8'};

/** What the proxy itself keeps, told as JSON. */
export function jsonAnswer(value: Writable, headers: Readonly<Record<string, string>> = {}): LocalAnswer {
  return {status: 200, headers: {...jsonHeaders, ...headers}, body: oneLine(writeJson(value))};
}
