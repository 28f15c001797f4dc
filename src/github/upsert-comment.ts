import {createHash} from 'node:crypto';
import {RetakeError} from '../errors.js';
import type {Comment, Comments} from './comments.js';

/** The maximum length of a comment on GitHub, in characters. */
export const commentLimit = 65_536;

/** The part of it that is reserved for the marker and the footer. */
export const commentReserve = 2_000;

export type ReviewComment = {
  /** Distinguishes the comments of several reviews of one pull request. */
  readonly name: string;
  readonly text: string;
  /** Added below the text. A change of the footer alone does not edit the comment. */
  readonly footer?: string;
  /** Whether to create a comment if there is none; an existing one is always updated. */
  readonly creates: boolean;
};

export type CommentOutcome = 'written' | 'edited' | 'unchanged' | 'none' | 'forbidden';

/**
 * Creates or updates the review comment of a pull request. An invisible marker in its first line identifies it. Manual edits are
 * overwritten when the text changes, and further comments with the marker, from concurrent jobs, are removed.
 */
export async function upsertComment(
  comments: Comments,
  {name, text, footer = '', creates}: ReviewComment,
): Promise<CommentOutcome> {
  const marker = `<!-- ${name} `;
  const firstLine = `${marker}${createHash('sha256').update(text).digest('hex').slice(0, 32)} -->`;
  const body = [firstLine, text.trimEnd(), ...(footer === '' ? [] : ['', footer])].join('\n');
  try {
    const [own, ...others] = (await comments.list()).filter(
      comment => comment.isTrusted && comment.body.startsWith(marker),
    );
    for (const {id} of others) await comments.remove(id);
    return await upsert(comments, own, {firstLine, body, creates});
  } catch (error) {
    if (error instanceof RetakeError && error.code === 'github_forbidden') return 'forbidden';
    throw error;
  }
}

async function upsert(
  comments: Comments,
  own: Comment | undefined,
  {firstLine, body, creates}: {readonly firstLine: string; readonly body: string; readonly creates: boolean},
): Promise<CommentOutcome> {
  if (!own) {
    if (!creates) return 'none';
    await comments.create(body);
    return 'written';
  }
  if (own.body.startsWith(firstLine)) return 'unchanged';
  await comments.update(own.id, body);
  return 'edited';
}
