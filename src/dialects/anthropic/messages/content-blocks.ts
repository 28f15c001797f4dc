import {type AnswerPart, type SpokenPart, spokenParts} from '../../../chat/answer-parts.js';

/**
 * The parts of an answer that become content blocks. White space around calls, which some servers write, belongs to the text beside it: the
 * API refuses a history with a block of white space.
 */
export function blockParts(
  parts: readonly AnswerPart[],
  {
    showsThinking,
    after,
  }: {
    readonly showsThinking: boolean;
    /** The kind of the block that is open. What is added to it is the first part. */
    readonly after?: 'text' | 'thinking' | undefined;
  },
): readonly SpokenPart[] {
  const blocks: SpokenPart[] = after ? [{type: after === 'text' ? 'text' : 'reasoning', text: ''}] : [];
  let carried = '';
  for (const part of spokenParts(parts, {hasReasoning: showsThinking})) {
    if (part.type !== 'text') blocks.push(part);
    else if (part.text.trim() === '' && blocks.at(-1)?.type === 'call') {
      if (!appendToText(blocks, part.text)) carried += part.text;
    } else {
      blocks.push({type: 'text', text: carried + part.text});
      carried = '';
    }
  }
  return carried === '' ? blocks : [...blocks, {type: 'text', text: carried}];
}

/** Adds to the last block that is no call, if that is text. */
function appendToText(blocks: SpokenPart[], text: string): boolean {
  const index = blocks.findLastIndex(({type}) => type !== 'call');
  const block = blocks[index];
  if (block?.type !== 'text') return false;
  blocks[index] = {type: 'text', text: block.text + text};
  return true;
}
