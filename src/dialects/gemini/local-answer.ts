import {type Writable, writeJson} from '../../chat/json-text.js';
import type {LocalAnswer} from '../dialect.js';
import {escapeLineSeparators} from '../kit/escape-line-separators.js';
import {jsonAnswer as answer} from '../kit/json-answer.js';

export const jsonHeaders = {'content-type': 'application/json; charset=UTF-8'};

/** A JSON answer as Google writes it. */
export function jsonAnswer(value: Writable, headers: Readonly<Record<string, string>> = {}): LocalAnswer {
  return answer(escapeLineSeparators(writeJson(value)), {...jsonHeaders, ...headers});
}
