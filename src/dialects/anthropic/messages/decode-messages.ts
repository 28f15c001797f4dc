import type {JsonObject} from '../../../chat/json.js';
import type {AskedContent, Part as NeutralPart, Turn as NeutralTurn} from '../../../chat/request.js';
import {splitByRole} from '../../../chat/split-by-role.js';
import type {RequestedFiles} from '../../kit/requested-files.js';
import {checkWire} from '../check-wire.js';
import {fault} from '../invalid-value.js';
import {decodeBlock, decodeTexts, type MessageContext, refuseBlank} from './decode-block.js';
import {Message} from './schema.js';
import {ToolHistory} from './tool-history.js';

type Turn = NeutralTurn<AskedContent>;
type Part = NeutralPart<AskedContent>;

const checkMessage = checkWire(Message);

/** The instructions and the conversation. Tool results become turns of their own, wherever they are in a message. */
export function decodeMessages(
  system: string | readonly JsonObject[] | undefined,
  messages: readonly JsonObject[],
  files: RequestedFiles,
): readonly Turn[] {
  const history = new ToolHistory();
  const turns = messages.flatMap((message, index) =>
    decodeMessage(message, `messages.${index}`, {history, files, isLast: index === messages.length - 1}),
  );
  history.end();
  const given = system === undefined ? [] : decodeTexts(system, 'system');
  for (const part of given) if (part.type === 'text') refuseBlank(part.text, 'system');
  const instructions = given.flatMap(withoutBilling);
  return [...(instructions.length > 0 ? [{role: 'system', parts: instructions} as const] : []), ...turns];
}

/**
 * Claude Code begins its instructions with a line for its own bookkeeping, `x-anthropic-billing-header: cc_version=…; cch=…;`, which is
 * another one in each request. No model is given it.
 */
function withoutBilling<Given extends AskedContent>(part: Given): readonly Given[] {
  if (part.type !== 'text' || !part.text.startsWith('x-anthropic-billing-header:')) return [part];
  const [, ...rest] = part.text.split('\n');
  const text = rest.join('\n').replace(/^\n+/, '');
  return text === '' ? [] : [{...part, text}];
}

function decodeMessage(
  value: JsonObject,
  path: string,
  {history, files, isLast}: MessageContext & {readonly isLast: boolean},
): readonly Turn[] {
  const {role, content} = checkMessage(value, path);
  history.begin(path);
  if (role === 'system') {
    const parts = decodeTexts(content, `${path}.content`).flatMap(withoutBilling);
    return parts.length > 0 ? [{role, parts}] : [];
  }
  if (content.length === 0 && !(role === 'assistant' && isLast)) {
    throw fault(path, `${role} messages must have non-empty content`);
  }
  if (typeof content === 'string') refuseBlank(content, 'messages');
  const parts =
    typeof content === 'string'
      ? decodeTexts(content, path)
      : content.flatMap((block, index) => decodeBlock(block, `${path}.content.${index}`, {history, files}));
  if (role === 'assistant' && isLast) refuseTrailingSpace(parts);
  return splitByRole(role, parts);
}

/** A prefilled answer. */
function refuseTrailingSpace(parts: readonly Part[]): void {
  const last = parts.at(-1);
  if (last?.type === 'text' && /\s$/.test(last.text)) {
    throw fault('messages', 'final assistant content cannot end with trailing whitespace');
  }
}
