import type {JsonValue} from '../../../chat/json.js';
import type {PagesGiven} from '../../../chat/media.js';
import type {Content, EmbedInput} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import {textOfDocument} from './encode-content.js';

/**
 * The input of an embedding: tokens as they are, or text after the task and title prefix of Google's EmbeddingGemma.
 * @throws RetakeError `not_supported` for input that is not text, which servers do not embed
 */
export function encodeEmbedInput(
  {content, task, title}: EmbedInput,
  pagesGiven: PagesGiven | undefined,
): JsonValue {
  if ('tokens' in content) return content.tokens;
  return prefixOf(task, title) + content.map(part => textOf(part, pagesGiven)).join('');
}

const tasks: Readonly<Record<string, string>> = {
  RETRIEVAL_QUERY: 'search result',
  QUESTION_ANSWERING: 'question answering',
  FACT_VERIFICATION: 'fact checking',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'clustering',
  SEMANTIC_SIMILARITY: 'sentence similarity',
  CODE_RETRIEVAL_QUERY: 'code retrieval',
};

function prefixOf(task: string | undefined, title: string | undefined): string {
  if (title !== undefined || task === 'RETRIEVAL_DOCUMENT') return `title: ${title ?? 'none'} | text: `;
  if (task === undefined || task === 'TASK_TYPE_UNSPECIFIED') return '';
  return `task: ${tasks[task] ?? task.toLowerCase().replaceAll('_', ' ')} | query: `;
}

function textOf(part: Content, pagesGiven: PagesGiven | undefined): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'document' && pagesGiven === 'text') return textOfDocument(part, {supportsImages: false});
  throw new RetakeError('not_supported', `Embeddings accept only text, and the input has a ${part.type}`, {
    hint: part.type === 'document' ? 'Set `pages: text` to embed the text of documents.' : undefined,
  });
}
