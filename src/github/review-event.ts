import {readFileSync} from 'node:fs';
import {type Static, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import {RetakeError} from '../errors.js';

/** What a workflow was started by, as far as a review needs it. Names in it are strangers' words. */
export type ReviewEvent = {
  readonly pullRequest: PullRequest | undefined;
  /** What the checked-out commit may be compared with, the best first: not every checkout has them all. */
  readonly bases: readonly string[];
};

export type PullRequest = {
  readonly number: number;
  /** The branch that is to be merged. */
  readonly branch: string;
};

const Branch = Type.Object({ref: Type.String(), sha: Type.String()});

/** Webhook payloads (docs.github.com, "Webhook events and payloads"); of each event only what is read here. */
const Payload = Type.Object({
  pull_request: Type.Optional(Type.Object({number: Type.Integer({minimum: 1}), base: Branch, head: Branch})),
  merge_group: Type.Optional(Type.Object({base_sha: Type.String()})),
  before: Type.Optional(Type.String()),
  repository: Type.Optional(Type.Object({default_branch: Type.Optional(Type.String())})),
});

/** @throws RetakeError `invalid_setting` when the file holds no event */
export function readReviewEvent(file: string): ReviewEvent {
  const payload = readPayload(file);
  const {pull_request: pullRequest, merge_group: mergeGroup, before, repository} = payload;
  if (pullRequest) {
    const {number, base, head} = pullRequest;
    // The branch as it was fetched is newer than the event, and the commit that was checked out may be merged with it.
    return {pullRequest: {number, branch: head.ref}, bases: [`origin/${base.ref}`, base.sha]};
  }
  const bases = [
    ...(mergeGroup ? [mergeGroup.base_sha] : []),
    // Zeros stand for a branch that was not there before.
    ...(before !== undefined && !/^0+$/.test(before) ? [before] : []),
    ...(repository?.default_branch === undefined ? [] : [`origin/${repository.default_branch}`]),
  ];
  return {pullRequest: undefined, bases};
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
  throw new RetakeError('invalid_setting', `${expected}: ${problem?.path} is not what GitHub sends`);
}
