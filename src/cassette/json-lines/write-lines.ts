import {readMedia, readReference, readRender} from '../rows/fact-rows.js';
import {readInteraction} from '../rows/interaction-row.js';
import {settingsRows} from '../rows/settings-rows.js';
import type {StoredCassette} from '../rows/stored-cassette.js';
import {formatVersion} from './format.js';

/**
 * A cassette as JSON lines, from which the same file can be made: a line for the cassette, one for each request followed by one for each
 * of its takes, and one for each fact about attachments. The same content gives the same lines.
 * @throws RetakeError `cassette_invalid` when an interaction is damaged
 */
export function* writeLines(cassette: StoredCassette, shown: string): Iterable<string> {
  const rows = settingsRows(cassette.keySettings, {withDocuments: cassette.hasDocuments});
  const settings = rows.map(({name, value}) => `${JSON.stringify(name)}:${value}`);
  yield `{"retake":"cassette","version":${formatVersion},"settings":{${settings.join(',')}}}\n`;
  for (const {row} of cassette.rows()) {
    readInteraction(shown, row);
    yield `{"key":${JSON.stringify(row.key)},"request":${row.request}}\n`;
    for (const {chunks, provenance} of row.takes)
      yield `{"take":{"provenance":${provenance},"chunks":${chunks}}}\n`;
  }
  yield* writeFacts(cassette, shown);
}

/** The facts about attachments, after the requests. */
function* writeFacts({facts}: StoredCassette, shown: string): Iterable<string> {
  for (const row of facts.rows('renders')) yield lineOf({render: readRender(shown, row)});
  for (const row of facts.rows('refs')) yield lineOf({reference: readReference(shown, row)});
  for (const row of facts.rows('media')) {
    const {bytes, ...rest} = readMedia(shown, row);
    yield lineOf({media: {...rest, bytes: Buffer.from(bytes).toString('base64')}});
  }
}

function lineOf(record: object): string {
  return `${JSON.stringify(record)}\n`;
}
