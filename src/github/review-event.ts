import {readFileSync} from 'node:fs';
import {type Static, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import {RetakeError} from '../errors.js';

/** The event that started a workflow, as far as a review needs it. Its names are untrusted text. */
export type ReviewEvent = {
  readonly pullRequest: PullRequest | undefined;
  /** The commits to compare with, the best first: not every checkout has all of them. */
  readonly bases: readonly string[];
};

export type PullRequest = {
  readonly number: number;
  /** The branch to merge. */
  readonly branch: string;
};

const Branch = Type.Object({ref: Type.String(), sha: Type.String()});

/** Webhook payloads (docs.github.com, "Webhook events and payloads"); only the fields that are read here. */
const Payload = Type.Object({
  pull_request: Type.Optional(Type.Object({number: Type.Integer({minimum: 1}), base: Branch, head: Branch})),
  merge_group: Type.Optional(Type.Object({base_sha: Type.String()})),
  before: Type.Optional(Type.String()),
  repository: Type.Optional(Type.Object({default_branch: Type.Optional(Type.String())})),
});

/** @throws RetakeError `invalid_setting` if the file is not an event */
export function readReviewEvent(file: string): ReviewEvent {
  const payload = readPayload(file);
  const {pull_request: pullRequest, merge_group: mergeGroup, before, repository} = payload;
  if (pullRequest) {
    const {number, base, head} = pullRequest;
    // The fetched branch can be newer than the event, and the checked-out commit may be merged with it.
    return {pullRequest: {number, branch: head.ref}, bases: [`origin/${base.ref}`, base.sha]};
  }
  const branch = repository?.default_branch;
  const bases = [
    mergeGroup?.base_sha,
    // Zeros stand for a branch that did not exist before.
    before === undefined || /^0+$/.test(before) ? undefined : before,
    branch === undefined ? undefined : `origin/${branch}`,
  ];
  return {pullRequest: undefined, bases: bases.filter(base => base !== undefined)};
}

function readPayload(file: string): Static<typeof Payload> {
  const expected = `Expected the event of a workflow in ${file}`;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('invalid_setting', `${expected}: ${reason}`, {cause});
  }
  if (Value.Check(Payload, content)) return content;
  const problem = Value.Errors(Payload, content).First();
  throw new RetakeError('invalid_setting', `${expected}: ${problem?.path} differs from what GitHub sends`);
}
