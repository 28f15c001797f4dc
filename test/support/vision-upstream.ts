import {createHash} from 'node:crypto';
import type {AnswerChunk} from '../../src/chat/chunk.js';
import type {MediaReader} from '../../src/chat/media.js';
import type {CallContext} from '../../src/chat/model.js';
import type {ModelRequest, Part} from '../../src/chat/request.js';
import type {Upstream} from '../../src/upstream/upstream.js';

export type VisionUpstream = Upstream & {
  /** The parts of each request, in order. */
  readonly seen: readonly (readonly VisionInput[])[];
};

export type VisionInput =
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'image' | 'page'; readonly mediaType: string; readonly bytes: Uint8Array};

export type VisionOptions = {
  /** Waits before it answers. */
  readonly wait?: () => Promise<void>;
  readonly answer?: string;
};

/** A model that reads all content of a request, as an upstream does, and describes it. */
export function visionUpstream({wait, answer}: VisionOptions = {}): VisionUpstream {
  const seen: (readonly VisionInput[])[] = [];
  return {
    seen,
    modelName: 'seeing',
    state: {phase: 'ready', name: 'seeing', detail: 'ready'},
    start() {},
    async ready() {},
    async close() {},
    async *model(request: ModelRequest, {media}: CallContext): AsyncIterable<AnswerChunk> {
      const sights = await lookAt(request, media);
      seen.push(sights);
      await wait?.();
      yield {type: 'reply-start', answeredBy: {model: 'seeing'}};
      yield {type: 'text-delta', candidate: 0, text: answer ?? `I see ${sights.map(describe).join(', ')}`};
      yield {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]};
    },
  };
}

async function lookAt(request: ModelRequest, media: MediaReader | undefined): Promise<VisionInput[]> {
  if (request.operation !== 'chat') throw new Error(`Expected a chat, got ${request.operation}`);
  const sights: VisionInput[] = [];
  for (const {parts} of request.turns)
    for (const part of parts) sights.push(...(await lookAtPart(part, media)));
  return sights;
}

async function lookAtPart(part: Part, media: MediaReader | undefined): Promise<VisionInput[]> {
  switch (part.type) {
    case 'text':
      return [{kind: 'text', text: part.text}];
    case 'image':
      return [{kind: 'image', ...(await readerOf(media).image(part.sha256))}];
    case 'document': {
      const {pagesGiven, page} = readerOf(media);
      const sights: VisionInput[] = [];
      for (const {pixels, text = ''} of part.pages) {
        if (pagesGiven !== 'text') sights.push({kind: 'page', ...(await page(pixels))});
        if (pagesGiven !== 'images') sights.push({kind: 'text', text});
      }
      return sights;
    }
    default:
      throw new Error(`It cannot look at ${part.type}`);
  }
}

function readerOf(media: MediaReader | undefined): MediaReader {
  if (!media) throw new Error('It was given no reader');
  return media;
}

function describe(sight: VisionInput): string {
  if (sight.kind === 'text') return JSON.stringify(sight.text);
  return `${sight.kind} ${createHash('sha256').update(sight.bytes).digest('hex').slice(0, 8)}`;
}
