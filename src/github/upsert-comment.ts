import {createHash} from 'node:crypto';
import {RetakeError} from '../errors.js';
import type {Comment, Comments} from './comments.js';

/** GitHub takes no longer comment, in characters. */
export const commentLimit = 65_536;

/** So many characters of it are for what is added to the text: the mark, and where the page is. */
export const commentReserve = 2_000;

export type KeptComment = {
  /** Tells apart the comments of several reviews of one pull request. */
  readonly name: string;
  readonly text: string;
  /** Added below, without being a reason to edit: where to see more. */
  readonly footer?: string;
  /** Whether a comment is begun; one that is there already is kept in any case. */
  readonly begins: boolean;
};

export type Keeping = 'written' | 'edited' | 'unchanged' | 'none' | 'forbidden';

/**
 * Keeps one comment of a pull request up to date. It is known by an invisible mark in its first line; what else it was edited to by hand
 * is overwritten when the text changes, and further comments with the mark, left by jobs that ran at once, are removed.
 */
export async function keepComment(
  comments: Comments,
  {name, text, footer = '', begins}: KeptComment,
): Promise<Keeping> {
  const mark = `<!-- ${name} `;
  const firstLine = `${mark}${createHash('sha256').update(text).digest('hex').slice(0, 32)} -->`;
  const body = [firstLine, text.trimEnd(), ...(footer === '' ? [] : ['', footer])].join('\n');
  try {
    const [own, ...others] = (await comments.list()).filter(
      comment => comment.isTrusted && comment.body.startsWith(mark),
    );
    for (const {id} of others) await comments.remove(id);
    return await keep(comments, own, {firstLine, body, begins});
  } catch (error) {
    if (error instanceof RetakeError && error.code === 'github_forbidden') return 'forbidden';
    throw error;
  }
}

async function keep(
  comments: Comments,
  own: Comment | undefined,
  {firstLine, body, begins}: {readonly firstLine: string; readonly body: string; readonly begins: boolean},
): Promise<Keeping> {
  if (!own) {
    if (!begins) return 'none';
    await comments.create(body);
    return 'written';
  }
  if (own.body.startsWith(firstLine)) return 'unchanged';
  await comments.update(own.id, body);
  return 'edited';
}
