import {parseDocument, type ScalarTag} from 'yaml';
import {readBase64} from '../../chat/decode-base64.js';
import {RetakeError} from '../../errors.js';

/** How often a file may repeat what it has an anchor for: a thousand interactions share their headers, a bomb has a billion copies. */
const maxAliases = 10_000;

/**
 * Parses untrusted YAML as PyYAML and Ruby write it (YAML 1.1). A tag that makes the tool build an object is refused.
 * @throws RetakeError `invalid_request`, whose message ends a sentence that begins with the file's name
 */
export function parseYaml(text: string): unknown {
  try {
    const document = parseDocument(text, {
      version: '1.1',
      // The last one wins, as in PyYAML; a check would take quadratic time.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      customTags: tags => [...tags, ...plainTags],
    });
    const [error] = document.errors;
    if (error) throw invalidYaml(`${error.message} at character ${error.pos[0]}`);
    const unknown = document.warnings.find(({code}) => code === 'TAG_RESOLVE_FAILED');
    if (unknown) {
      const tag = /tag: (\S+)/.exec(unknown.message)?.[1] ?? '';
      throw invalidYaml(`it has the tag ${tag.slice(0, 100)}, which builds an object`);
    }
    return document.toJS({maxAliasCount: maxAliases}) as unknown;
  } catch (error) {
    if (error instanceof RetakeError) throw error;
    if (error instanceof RangeError) throw invalidYaml('it nests too deeply');
    throw invalidYaml(error instanceof Error ? error.message : String(error));
  }
}

/** Strings of Python 2, and bytes of Ruby. */
const plainTags: readonly ScalarTag[] = [
  ...['unicode', 'str'].map(name => ({
    tag: `tag:yaml.org,2002:python/${name}`,
    resolve: (text: string) => text,
  })),
  {
    tag: '!binary',
    resolve(text, onError) {
      const bytes = readBase64(text);
      if (typeof bytes !== 'string') return bytes;
      onError(`Expected base64, but ${bytes}`);
      return text;
    },
  },
];

function invalidYaml(problem: string): RetakeError {
  return new RetakeError('invalid_request', `is not YAML that retake reads: ${problem.replace(/\s+/g, ' ')}`);
}
