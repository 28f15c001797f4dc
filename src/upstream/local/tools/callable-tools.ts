import type {ChatRequest} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import {RetakeError} from '../../../errors.js';

/**
 * The tools that the model may call: those that are declared and allowed.
 * @throws RetakeError `invalid_request` if a call is required and there is no tool
 */
export function callableTools({
  tools = [],
  toolChoice,
}: Pick<ChatRequest, 'tools' | 'toolChoice'>): readonly Tool[] {
  const {type, allowed} = toolChoice ?? {type: 'auto'};
  const callable = allowed === undefined ? tools : tools.filter(({name}) => allowed.includes(name));
  if (type === 'required' && callable.length === 0) {
    throw new RetakeError(
      'invalid_request',
      allowed === undefined || allowed.length === 0
        ? 'The model must call a function, but none is declared'
        : `The model must call one of the functions ${allowed.join(', ')}, but none of them is declared`,
    );
  }
  return callable;
}
