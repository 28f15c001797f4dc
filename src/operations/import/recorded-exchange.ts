import type {AnswerChunk} from '../../chat/chunk.js';
import type {JsonObject} from '../../chat/json.js';

/** Names and values as another tool wrote them; a name may occur more than once. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export type RecordedBody = {
  readonly bytes: Uint8Array;
  /** Set if the tool stored the body without its content encoding, whatever the headers say. */
  readonly isDecoded?: true | undefined;
};

/** A request and its answer, as another tool recorded them on the wire. */
export type RecordedExchange = {
  readonly kind: 'exchange';
  /** Where it is in its file: `entry 3`. */
  readonly place: string;
  readonly method: string;
  readonly url: URL;
  readonly requestHeaders: HeaderList;
  readonly requestBody: RecordedBody;
  readonly status: number;
  readonly responseHeaders: HeaderList;
  readonly responseBody: RecordedBody;
  /** Unix milliseconds; absent if the file does not say. */
  readonly recordedAt?: number | undefined;
  /** What is doubtful about it, a sentence each, without its full stop. */
  readonly notes?: readonly string[] | undefined;
};

/** An answer that a person wrote for a request, without the bytes of any API. */
export type WrittenExchange = {
  readonly kind: 'written';
  readonly place: string;
  /** The request as a short text. */
  readonly what: string;
  readonly path: string;
  readonly body: JsonObject;
  /** Whether the answer is for one model only. */
  readonly namesModel: boolean;
  readonly chunks: readonly AnswerChunk[];
  /** What of it has no place in a recording, a sentence each, without its full stop. */
  readonly notes: readonly string[];
};

/** What cannot be imported, and why: a sentence without its full stop. */
export type LeftOut = {
  readonly kind: 'left-out';
  readonly place: string;
  readonly what: string;
  readonly reason: string;
};

export type Found = RecordedExchange | WrittenExchange | LeftOut;

/** A file as its format reads it. */
export type ForeignDocument = {
  /** Parsed JSON or YAML. */
  readonly content: unknown;
  /** A file beside it, by its name; undefined if there is none. */
  readonly readSibling: (name: string) => Uint8Array | undefined;
};

/** A file format of another tool. A new one is a file and a line in `formats.ts`. */
export type ForeignFormat = {
  readonly name: string;
  /** Whether the parsed file has this format. */
  fits(content: unknown): boolean;
  read(document: ForeignDocument): Iterable<Found>;
};
