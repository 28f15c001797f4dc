import type {JsonValue} from '../../../chat/json.js';
import type {PagesGiven} from '../../../chat/media.js';
import type {Content, EmbedInput} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import {textOfDocument} from './encode-content.js';

/**
 * What is embedded: tokens as they are, otherwise text, in front of which stands what it is for and its title, in the words of Google's
 * EmbeddingGemma.
 * @throws RetakeError `not_supported` for what is no text: servers make vectors of text alone
 */
export function encodeEmbedInput(
  {content, task, title}: EmbedInput,
  pagesGiven: PagesGiven | undefined,
): JsonValue {
  if ('tokens' in content) return content.tokens;
  return purposeOf(task, title) + content.map(part => textOf(part, pagesGiven)).join('');
}

const purposes: Readonly<Record<string, string>> = {
  RETRIEVAL_QUERY: 'search result',
  QUESTION_ANSWERING: 'question answering',
  FACT_VERIFICATION: 'fact checking',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'clustering',
  SEMANTIC_SIMILARITY: 'sentence similarity',
  CODE_RETRIEVAL_QUERY: 'code retrieval',
};

function purposeOf(task: string | undefined, title: string | undefined): string {
  if (title !== undefined || task === 'RETRIEVAL_DOCUMENT') return `title: ${title ?? 'none'} | text: `;
  if (task === undefined || task === 'TASK_TYPE_UNSPECIFIED') return '';
  return `task: ${purposes[task] ?? task.toLowerCase().replaceAll('_', ' ')} | query: `;
}

function textOf(part: Content, pagesGiven: PagesGiven | undefined): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'document' && pagesGiven === 'text') return textOfDocument(part, {supportsImages: false});
  throw new RetakeError('not_supported', `Vectors are made of text alone, and a ${part.type} was sent`, {
    ...(part.type === 'document' && {hint: 'Set `pages: text` to have the text of documents embedded.'}),
  });
}
