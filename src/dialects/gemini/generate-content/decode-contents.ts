import type {AskedContent, Part as NeutralPart, Turn as NeutralTurn, Role} from '../../../chat/request.js';
import {splitByRole} from '../../../chat/split-by-role.js';
import {RetakeError} from '../../../errors.js';
import {type FieldViolation, invalidArguments} from '../field-violations.js';
import type {NothingLeft} from '../proto-types.js';
import {checkCallsAreAnswered} from './check-calls.js';
import {type Decoding, decodePart} from './decode-part.js';
import type {Content, Part} from './schema.js';

type Turn = NeutralTurn<AskedContent>;

/**
 * The turns of a conversation. Model turns with only thoughts or empty text are dropped: SDK chats send back each response of a stream
 * as a turn, and the last one is often empty.
 */
export function decodeContents(contents: readonly Content[], decoding: Decoding): readonly Turn[] {
  if (contents.length === 0) {
    throw invalidArguments([{field: 'contents', description: 'contents is not specified'}]);
  }
  const turns = contents.flatMap(({role, parts = [], ...rest}, index): Turn[] => {
    rest satisfies NothingLeft;
    const field = `contents[${index}]`;
    if (parts.length === 0) {
      const description = 'contents.parts must not be empty.';
      throw invalidArguments([{field: `${field}.parts`, description}]);
    }
    return splitByRole(decodeRole(role, field), decodeParts(parts, field, decoding)).filter(
      turn => !isSilent(turn),
    );
  });
  checkCallsAreAnswered(contents);
  return turns;
}

function isSilent({role, parts}: Turn): boolean {
  return (
    parts.length === 0 ||
    (role === 'assistant' && parts.every(part => part.type === 'text' && part.text === ''))
  );
}

/** The system instruction as a turn; its role has no effect. */
export function decodeSystemInstruction(
  {role: _role, parts = [], ...rest}: Content,
  decoding: Decoding,
): readonly Turn[] {
  rest satisfies NothingLeft;
  const turn: Turn = {role: 'system', parts: decodeParts(parts, 'system_instruction', decoding)};
  return turn.parts.length === 0 ? [] : [turn];
}

function decodeRole(role: string | undefined, field: string): Role {
  switch (role) {
    case undefined:
    case '':
    case 'user':
      return 'user';
    case 'model':
      return 'assistant';
    case 'function':
      return 'tool';
    default:
      throw new RetakeError('invalid_request', 'Please use a valid role: user, model.', {
        field: `${field}.role`,
      });
  }
}

export function decodeParts(
  parts: readonly Part[],
  field: string,
  decoding: Decoding,
): readonly NeutralPart<AskedContent>[] {
  if (!parts.every(saysSomething)) {
    const description = "required oneof field 'data' must have one initialized field";
    throw invalidArguments(
      parts.flatMap((part, index): FieldViolation[] =>
        saysSomething(part) ? [] : [{field: `${field}.parts[${index}].data`, description}],
      ),
    );
  }
  const decoded: NeutralPart<AskedContent>[] = [];
  for (const [index, part] of parts.entries()) {
    // Most parts of a long conversation are text alone, which cannot be wrong.
    if (isTextAlone(part)) decoded.push({type: 'text', text: part.text});
    else decoded.push(...decodePart(part, `${field}.parts[${index}]`, decoding));
  }
  return decoded;
}

function isTextAlone(part: Part): part is {text: string} {
  return part.text !== undefined && Object.keys(part).length === 1;
}

/** SDKs reduce a thought with an unknown signature to its mark. */
function saysSomething(part: Part): boolean {
  return part.thought === true || Object.keys(part).some(name => name !== 'thought');
}
