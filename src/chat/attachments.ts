import type {Attachment} from './media.js';
import type {AskedContent, AskedRequest, Content, ModelRequest, Part, Turn} from './request.js';

/** Everything that a client attached, in the order of the request. */
export function attachmentsOf(request: AskedRequest): readonly Attachment[] {
  return givenIn(request).flatMap(given => (given.type === 'attachment' ? [given] : []));
}

/** Whether the request has a document. */
export function hasDocument(request: ModelRequest): boolean {
  return givenIn(request).some(({type}) => type === 'document');
}

/** The request with each attachment replaced by its content: images, pages, text. */
export function replaceAttachments(
  request: AskedRequest,
  contentOf: (attachment: Attachment) => readonly Content[],
): ModelRequest {
  const replace = (given: AskedContent): readonly Content[] =>
    given.type === 'attachment' ? contentOf(given) : [given];
  switch (request.operation) {
    case 'complete':
      return request;
    case 'embed':
      return {
        ...request,
        inputs: request.inputs.map(({content, ...rest}) => ({
          ...rest,
          content: 'tokens' in content ? content : content.flatMap(replace),
        })),
      };
    case 'chat':
      return {...request, turns: request.turns.map(turn => replaceInTurn(turn, replace))};
    case 'count-tokens':
      return {...request, turns: request.turns.map(turn => replaceInTurn(turn, replace))};
  }
}

function replaceInTurn(turn: Turn<AskedContent>, replace: (given: AskedContent) => readonly Content[]): Turn {
  return {
    ...turn,
    parts: turn.parts.flatMap((part): readonly Part[] => {
      if (part.type === 'tool-call') return [part];
      if (part.type !== 'tool-result') return replace(part);
      const {content, ...result} = part;
      return [{...result, ...(content && {content: content.flatMap(replace)})}];
    }),
  };
}

type AnyContent = AskedContent | Content;

function givenIn(request: ModelRequest<AnyContent>): readonly AnyContent[] {
  switch (request.operation) {
    case 'complete':
      return [];
    case 'embed':
      return request.inputs.flatMap(({content}) => ('tokens' in content ? [] : content));
    case 'chat':
    case 'count-tokens':
      return request.turns.flatMap(({parts}) =>
        parts.flatMap((part): readonly AnyContent[] => {
          if (part.type === 'tool-call') return [];
          return part.type === 'tool-result' ? (part.content ?? []) : [part];
        }),
      );
  }
}
