import type {StoredReader} from '../../attachments/stored-reader.js';
import {isJsonObject} from '../../chat/json.js';
import type {Attachment} from '../../chat/media.js';
import type {ChatRequest, Content, CountTokensRequest, Part, Turn} from '../../chat/request.js';

/** What a request that is written again holds: the content of its view, and in the places of images and documents their files. */
export type WrittenContent = Content | Attachment;

export type WithOriginals<Request> = {
  readonly request: Request;
  /** What was replaced, in its order. */
  readonly contents: readonly Content[];
};

/** The request with the stored files of its images and documents; undefined if one is not stored. */
export function withOriginals<Request extends ChatRequest | CountTokensRequest>(
  request: Request,
  stored: Pick<StoredReader, 'original'>,
): WithOriginals<Request & {readonly turns: readonly Turn<WrittenContent>[]}> | undefined {
  const contents: Content[] = [];
  let isWhole = true;
  const replace = (part: Part): Part<WrittenContent> => {
    if (part.type !== 'image' && part.type !== 'document') return part;
    const file = stored.original(part);
    contents.push(part);
    isWhole &&= file !== undefined;
    return {
      type: 'attachment',
      source: {kind: 'bytes', bytes: file?.bytes ?? new Uint8Array()},
      declaredType: file?.mediaType ?? '',
      field: '',
    };
  };
  const turns = request.turns.map(
    (turn): Turn<WrittenContent> => ({...turn, parts: turn.parts.map(replace)}),
  );
  const all = turns.flatMap(({parts}) => parts);
  // Only those of a turn itself are written: a result of a tool may hold some, too.
  const holdsMore = all.some(part => part.type === 'tool-result' && holdsMedia(part));
  return isWhole && !holdsMore ? {request: {...request, turns} as never, contents} : undefined;
}

function holdsMedia(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsMedia);
  if (!isJsonObject(value as never)) return false;
  const {type, sha256, pages} = value as {type?: unknown; sha256?: unknown; pages?: unknown};
  if ((type === 'image' && sha256 !== undefined) || (type === 'document' && pages !== undefined)) return true;
  return Object.values(value as object).some(holdsMedia);
}
