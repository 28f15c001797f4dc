import type {FastifyReply, FastifyRequest} from 'fastify';
import {RetakeError} from '../../errors.js';
import {methodNotAllowed} from '../../http/method-not-allowed.js';
import {sendWhole} from '../../http/send-whole.js';
import {inspectorRoot} from '../../http/services.js';
import {findExchange} from '../control/exchange-routes.js';
import {readAsset} from './assets.js';
import {showCassettes, showInteraction, showInteractions} from './cassette-view.js';
import {showChanges} from './changes-view.js';
import {showExchange} from './exchange-view.js';
import {createToken, requireOwnPage, requireToken} from './guard-change.js';
import {confirmIgnoreRules, showIgnoreRules} from './ignore-rules.js';
import {showPage} from './page.js';
import {fragmentHeaders, pageHeaders, reviewHeaders} from './response-headers.js';
import type {InspectorServices} from './services.js';

const token = createToken();

/** Answers a request for the inspector: its page, a file of the page, or a part of the page as HTML. */
export async function answerInspector(
  request: FastifyRequest,
  reply: FastifyReply,
  services: InspectorServices,
): Promise<void> {
  requireOwnPage(request.headers);
  const {path, query} = request.exchange.address;
  const segments = path.startsWith(inspectorRoot) ? path.slice(inspectorRoot.length + 1).split('/') : [''];
  const [view = '', first = '', second = ''] = segments.map(decode);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const fragment = (body: {readonly text: string}) =>
    sendWhole(reply, {status: 200, headers: fragmentHeaders, body: body.text});
  const isChange = view === 'exchanges' && second === 'ignore';
  if (!isRead && !(isChange && request.method === 'POST'))
    throw methodNotAllowed(request.method, path, isChange ? ['GET', 'POST'] : ['GET']);
  if (!isRead) {
    requireToken(request, token);
    return void fragment(await confirmIgnoreRules(services, findExchange(services, first), request.body));
  }
  switch (view) {
    case '':
      return void sendWhole(reply, {status: 200, headers: pageHeaders, body: showPage(services, token)});
    case 'exchanges': {
      const entry = findExchange(services, first);
      const shown = second === 'ignore' ? showIgnoreRules(services, entry) : showExchange(services, entry);
      return void fragment(await shown);
    }
    case 'cassettes': {
      if (first === '') return void fragment(await showCassettes(services));
      const shown =
        second === '' ? showInteractions(services, first, query) : showInteraction(services, first, second);
      return void fragment(await shown);
    }
    case 'changes':
      return void sendWhole(reply, {status: 200, headers: reviewHeaders, body: await showChanges(services)});
    default: {
      const asset = first === '' ? readAsset(view) : undefined;
      if (!asset) throw unknownView(path);
      return void sendWhole(reply, {status: 200, ...asset});
    }
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // An invalid escape is the name of nothing; the answer is a 404.
    return segment;
  }
}

function unknownView(path: string): RetakeError {
  return new RetakeError('not_found', `The inspector has no ${path.slice(0, 200)}`, {
    hint: `Its page is ${inspectorRoot}`,
  });
}
