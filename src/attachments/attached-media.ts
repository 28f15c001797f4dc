import type {AttachedMedia, ResolveOptions} from '../cassette/media-resolver.js';
import type {Attachment} from '../chat/media.js';
import type {Content} from '../chat/request.js';
import {
  type AttachmentTools,
  type AttachmentToolsOptions,
  createAttachmentTools,
} from './attachment-tools.js';
import {type InspectedAttachment, inspectAttachment} from './inspect-attachment.js';
import {mapAttachments} from './map-attachments.js';
import {createReader} from './media-reader.js';
import {recallContents} from './recall-contents.js';
import {openSource, type Source} from './source.js';

/** Resolves the attachments of requests. */
export type Attacher = (
  attachments: readonly Attachment[],
  options: ResolveOptions,
) => Pick<AttachedMedia, 'recall' | 'inspect'>;

export function createAttacher(options: AttachmentToolsOptions): Attacher {
  const tools = createAttachmentTools(options);
  return (attachments, resolving) => attachedMedia(attachments, {...resolving, tools});
}

/** The attachments of one request. Each is opened only once. */
function attachedMedia(
  attachments: readonly Attachment[],
  options: ResolveOptions & {readonly tools: AttachmentTools},
): Pick<AttachedMedia, 'recall' | 'inspect'> {
  const {tools, settings} = options;
  let opening: Promise<readonly Source[]> | undefined;
  const open = () => {
    opening ??= mapAttachments(attachments, attachment => openSource(attachment, tools.readLocal));
    return opening;
  };
  let recalling: Promise<readonly (readonly Content[])[]> | undefined;
  const recall = () => {
    recalling ??= open().then(sources =>
      mapAttachments(attachments, (attachment, index) =>
        recallContents(attachment, at(sources, index), options),
      ),
    );
    return recalling;
  };
  return {
    recall,
    async inspect(purpose) {
      const sources = await open();
      const recalled = purpose === 'fail' ? await recall() : [];
      const inspected = await mapAttachments(attachments, (attachment, index) =>
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
