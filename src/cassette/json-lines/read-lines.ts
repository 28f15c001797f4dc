import {isJsonObject, type JsonObject, type JsonValue, parseJson, parsePlainJson} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {canonicalJson, canonicalView, keyOfCanonicalText} from '../key/key.js';
import type {KeySettings} from '../key/key-settings.js';
import {noFactRows} from '../rows/fact-rows.js';
import {type InteractionRow, interactionId, refuseCollision} from '../rows/interaction-row.js';
import {mergeFacts} from '../rows/merge-facts.js';
import {readSettings} from '../rows/settings-rows.js';
import {type CassetteContent, inOrderOfIds, type StoredInteraction} from '../rows/stored-cassette.js';
import {type TakeRow, takeRowOfTexts} from '../rows/take-row.js';
import {formatVersion} from './format.js';
import {addFact} from './read-fact.js';

/**
 * The cassette of JSON lines. A request without a key gets its own; everything else must be as {@link writeLines} writes it.
 * @throws RetakeError `invalid_request` that names the line
 */
export async function readLines(lines: AsyncIterable<string>, shown: string): Promise<CassetteContent> {
  const reader = new LineReader(shown);
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() !== '') reader.read(line, number);
  }
  return reader.content();
}

type OpenInteraction = {readonly row: InteractionRow & {readonly takes: TakeRow[]}; readonly line: number};

class LineReader {
  readonly #shown: string;
  readonly #interactions = new Map<bigint, StoredInteraction>();
  readonly #facts = noFactRows();
  #settings: KeySettings | undefined;
  #current: OpenInteraction | undefined;

  constructor(shown: string) {
    this.#shown = shown;
  }

  read(line: string, number: number): void {
    try {
      const record = parseLine(line);
      if (this.#settings === undefined) this.#settings = readHeader(record, this.#shown);
      else if ('request' in record) this.#begin(line, record['key'], number);
      else if ('take' in record) this.#add(record['take']);
      else if (!addFact(this.#facts, record)) {
        throw new Error('it has neither a `request` nor a `take`, nor a fact');
      }
    } catch (cause) {
      if (cause instanceof RetakeError && cause.code === 'cassette_write_failed') throw cause;
      throw this.#wrong(number, cause instanceof Error ? cause.message : String(cause));
    }
  }

  content(): CassetteContent {
    this.#end();
    if (!this.#settings) throw this.#wrong(1, 'there are no lines');
    return {
      keySettings: this.#settings,
      interactions: inOrderOfIds(this.#interactions.values()),
      facts: mergeFacts(undefined, this.#facts),
    };
  }

  #begin(line: string, given: JsonValue | undefined, number: number): void {
    this.#end();
    const request = readRequest(line);
    const key = keyOfCanonicalText(request);
    if (given !== undefined && given !== key) {
      throw new Error(
        `its request has the key ${key}, not ${JSON.stringify(given)}; omit \`key\` after changing a request`,
      );
    }
    const id = interactionId(key);
    const known = this.#interactions.get(id);
    if (known) refuseCollision(this.#shown, known.row.key, key);
    if (known) throw new Error(`the request ${key} occurs twice`);
    this.#current = {row: {key, request, takes: []}, line: number};
    this.#interactions.set(id, {id, row: this.#current.row});
  }

  #add(take: JsonValue | undefined): void {
    if (!this.#current) throw new Error('a take comes before any request');
    if (!isJsonObject(take)) throw new Error('`take` is not an object');
    const {chunks = null, provenance = null} = take;
    const {row} = this.#current;
    row.takes.push(
      takeRowOfTexts(row.key, {chunks: canonicalJson(chunks), provenance: canonicalJson(provenance)}),
    );
  }

  #end(): void {
    if (this.#current?.row.takes.length === 0) throw this.#wrong(this.#current.line, 'no take follows it');
  }

  #wrong(line: number, problem: string): RetakeError {
    return new RetakeError(
      'invalid_request',
      `Line ${line} of ${this.#shown} cannot be imported: ${problem}`,
      {
        hint: 'Nothing was written. `retake export` prints valid lines; `retake edit` changes an answer safely.',
      },
    );
  }
}

/** Half a character may stand between two pieces of an answer, so this is plain JSON. */
function parseLine(line: string): JsonObject {
  const record = parsePlainJson(line);
  if (isJsonObject(record)) return record;
  throw new Error('it is not a JSON object');
}

function readHeader(record: JsonObject, shown: string): KeySettings {
  const {retake, version, settings} = record;
  if (retake !== 'cassette') throw new Error('it does not begin with {"retake":"cassette",…}');
  if (typeof version !== 'number' || version > formatVersion) {
    throw new Error(
      `its version is ${JSON.stringify(version)}, and this retake reads up to ${formatVersion}`,
    );
  }
  if (!isJsonObject(settings)) throw new Error('it has no `settings`');
  const rows = Object.entries(settings).map(([name, value]) => ({name, value: canonicalJson(value)}));
  return readSettings(shown, rows);
}

/** The request's text as it is hashed, read without losing digits. */
function readRequest(line: string): string {
  const record = parseJson(line, {maxDepth: 1001});
  const request = isJsonObject(record) ? record['request'] : undefined;
  if (request === undefined || !isJsonObject(request)) throw new Error('`request` is not an object');
  return canonicalView(request);
}
