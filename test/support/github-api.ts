import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';

export type ApiComment = {
  id: number;
  body: string;
  user: {login: string; type: 'Bot' | 'User'};
  author_association: string;
};

/** An answer that replaces the normal one. */
export type Refusal = {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type GithubApi = {
  readonly url: string;
  /** The comments of each pull request by number, oldest first. */
  readonly comments: Map<number, ApiComment[]>;
  /** Every request so far: its method, and its path with the query. */
  readonly asked: string[];
  /** The answers for the next requests, one each, before any is processed. */
  readonly refusals: Refusal[];
  /** Behaves as for the token of a pull request from a fork, which can only read. */
  isReadOnly: boolean;
  /** Adds a comment by another user. */
  addComment(pullRequest: number, comment: Partial<ApiComment> & {body: string}): ApiComment;
};

export const apiToken = 'token-of-the-job';
const bot = {user: {login: 'github-actions[bot]', type: 'Bot'}, author_association: 'NONE'} as const;
const longest = 65_536;
const tooLong = {message: 'Validation Failed: body is too long (maximum is 65536 characters)'};

/**
 * A server on loopback with the routes of GitHub's REST API for the comments of pull requests of `ann/shop`: with pages, limits
 * and errors in GitHub's words. It ends with the test.
 */
export async function githubApi(t: ExecutionContext): Promise<GithubApi> {
  let lastId = 1000;
  const comments = new Map<number, ApiComment[]>();
  const commentsOf = (pullRequest: number) => {
    const known = comments.get(pullRequest) ?? [];
    comments.set(pullRequest, known);
    return known;
  };
  const server = createServer((request, response) => void answer(request, response));
  const api: GithubApi = {
    url: '',
    comments,
    asked: [],
    refusals: [],
    isReadOnly: false,
    addComment(pullRequest, comment) {
      const added: ApiComment = {
        id: ++lastId,
        user: {login: 'zoe', type: 'User'},
        author_association: 'NONE',
        ...comment,
      };
      commentsOf(pullRequest).push(added);
      return added;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {method = '', url = '', headers} = request;
    const body = await readBody(request);
    api.asked.push(`${method} ${url}`);
    const send = (status: number, content: unknown, more: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, {'content-type': 'application/json; charset=utf-8', ...more});
      response.end(content === undefined ? undefined : JSON.stringify(content));
    };
    const refusal = api.refusals.shift();
    if (refusal) return send(refusal.status, {message: refusal.message}, refusal.headers);
    if (headers.authorization !== `token ${apiToken}`) return send(401, {message: 'Bad credentials'});
    const {pathname, searchParams} = new URL(url, api.url);
    const [, ofPullRequest] =
      /^\/api\/v3\/(?:repos\/ann\/shop|repositories\/1)\/issues\/(\d+)\/comments$/.exec(pathname) ?? [];
    const [, ofComment] = /^\/api\/v3\/repos\/ann\/shop\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
    if (method === 'GET' && ofPullRequest !== undefined) {
      return sendPage(Number(ofPullRequest), searchParams, send);
    }
    if (api.isReadOnly) return send(403, {message: 'Resource not accessible by integration'});
    if (method === 'POST' && ofPullRequest !== undefined) {
      if (body.length > longest) return send(422, tooLong);
      return send(201, api.addComment(Number(ofPullRequest), {...bot, body}));
    }
    const list = [...comments.values()].find(some => some.some(({id}) => id === Number(ofComment)));
    const comment = list?.find(({id}) => id === Number(ofComment));
    if (!list || !comment) return send(404, {message: 'Not Found'});
    if (method === 'DELETE') {
      list.splice(list.indexOf(comment), 1);
      return send(204, undefined);
    }
    if (body.length > longest) return send(422, tooLong);
    comment.body = body;
    return send(200, comment);
  }

  function sendPage(
    pullRequest: number,
    query: URLSearchParams,
    send: (status: number, content: unknown, headers?: Readonly<Record<string, string>>) => void,
  ): void {
    const all = commentsOf(pullRequest);
    const size = Math.min(100, Number(query.get('per_page') ?? 30));
    const page = Number(query.get('page') ?? 1);
    const hasMore = page * size < all.length;
    // GitHub's own links identify the repository by number.
    const next = `${api.url}/repositories/1/issues/${pullRequest}/comments?per_page=${size}&page=${page + 1}`;
    const link: Record<string, string> = hasMore ? {link: `<${next}>; rel="next"`} : {};
    send(200, all.slice((page - 1) * size, page * size), link);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`;
  return Object.assign(api, {url});
}

/** The text in the body of a request; empty if there is none. */
async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  if (pieces.length === 0) return '';
  const {body}: {body?: unknown} = JSON.parse(Buffer.concat(pieces).toString());
  if (typeof body !== 'string') throw new Error('Expected a comment to have a body');
  return body;
}
