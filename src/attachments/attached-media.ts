import type {AttachedMedia, ResolveOptions} from '../cassette/media-resolver.js';
import type {Attachment} from '../chat/media.js';
import type {Content} from '../chat/request.js';
import {type ContentTools, type ContentToolsOptions, createContentTools} from './content-tools.js';
import {inOrder} from './in-order.js';
import {type InspectedAttachment, inspectAttachment} from './inspect-attachment.js';
import {createReader} from './media-reader.js';
import {recallContents} from './recall-contents.js';
import {openSource, type Source} from './source.js';

/** Looks at the attachments of requests. */
export type Attacher = (
  attachments: readonly Attachment[],
  options: ResolveOptions,
) => Pick<AttachedMedia, 'recall' | 'inspect'>;

export function createAttacher(options: ContentToolsOptions): Attacher {
  const tools = createContentTools(options);
  return (attachments, resolving) => attachedMedia(attachments, {...resolving, tools});
}

/** The attachments of one request: each is opened once, however often it is asked for. */
function attachedMedia(
  attachments: readonly Attachment[],
  options: ResolveOptions & {readonly tools: ContentTools},
): Pick<AttachedMedia, 'recall' | 'inspect'> {
  const {tools, settings} = options;
  let opening: Promise<readonly Source[]> | undefined;
  const open = () => {
    opening ??= inOrder(attachments, attachment => openSource(attachment, tools.readLocal));
    return opening;
  };
  let recalling: Promise<readonly (readonly Content[])[]> | undefined;
  const recall = () => {
    recalling ??= open().then(sources =>
      inOrder(attachments, (attachment, index) => recallContents(attachment, at(sources, index), options)),
    );
    return recalling;
  };
  return {
    recall,
    async inspect(purpose) {
      const sources = await open();
      const recalled = purpose === 'fail' ? await recall() : [];
      const inspected = await inOrder(attachments, (attachment, index) =>
        inspectAttachment(attachment, at(sources, index), {
          ...options,
          purpose,
          recalled: recalled[index]?.[0],
        }),
      );
      return {
        given: inspected.map(({given}) => given),
        known: inspected.map(({known}) => known),
        unknown: inspected.flatMap(({unknown}) => unknown ?? []),
        warnings: [...new Set(inspected.flatMap(({warnings}) => warnings))],
        facts: factsOf(inspected),
        reader: signal => createReader(inspected, {settings, tools, signal}),
      };
    },
  };
}

function factsOf(inspected: readonly InspectedAttachment[]) {
  return {
    renders: inspected.flatMap(({facts}) => facts.renders),
    references: inspected.flatMap(({facts}) => facts.references),
    media: inspected.flatMap(({facts}) => facts.media),
  };
}

function at(sources: readonly Source[], index: number): Source {
  return sources[index] as Source;
}
