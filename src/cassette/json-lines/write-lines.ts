import type {CommittedFile} from '../file/committed-file.js';
import {readMedia, readReference, readRender} from '../file/fact-rows.js';
import {readInteraction} from '../file/interaction-row.js';
import {settingsRows} from '../file/settings-rows.js';
import {formatVersion} from './format.js';

/**
 * A cassette as JSON lines, from which the same file can be made again: a line for the cassette, one for each thing that it remembers of
 * media, one for each question, and below each question one for each of its takes. The same content gives the same lines.
 * @throws RetakeError `cassette_invalid` when an interaction is damaged
 */
export function* writeLines(file: CommittedFile, shown: string): Iterable<string> {
  const rows = settingsRows(file.keySettings, {withDocuments: file.hasDocuments});
  const settings = rows.map(({name, value}) => `${JSON.stringify(name)}:${value}`);
  yield `{"retake":"cassette","version":${formatVersion},"settings":{${settings.join(',')}}}\n`;
  yield* writeFacts(file, shown);
  for (const {row} of file.rows()) {
    readInteraction(shown, row);
    yield `{"key":${JSON.stringify(row.key)},"request":${row.request}}\n`;
    for (const {chunks, provenance} of row.takes)
      yield `{"take":{"provenance":${provenance},"chunks":${chunks}}}\n`;
  }
}

function* writeFacts({facts}: CommittedFile, shown: string): Iterable<string> {
  for (const row of facts.rows('renders')) {
    readRender(shown, row);
    yield `${JSON.stringify({render: row})}\n`;
  }
  for (const row of facts.rows('refs')) {
    readReference(shown, row);
    yield `${JSON.stringify({ref: row})}\n`;
  }
  for (const row of facts.rows('media')) {
    readMedia(shown, row);
    yield `${JSON.stringify({media: {...row, bytes: row.bytes.toString('base64')}})}\n`;
  }
}
