import {isJsonObject, type JsonValue, parseJson, stringifyJson} from './json.js';
import {objectOf} from './object-of.js';

/** Objects that clients store, such as uploaded files, if several processes share them. */
export type SharedObjects = {
  /** The objects of one kind. `receive` gets what other processes store; undefined is what they delete. */
  open(kind: string, receive: (id: string, value: unknown) => void): SharedSpace;
  /** An id that no other process gives. */
  newId(): string;
  /** Reads what other processes have stored. Whether there was something. @throws RetakeError `store_unavailable` */
  pull(): Promise<boolean>;
  /** Resolves when everything that was stored or deleted so far is safe. @throws RetakeError `store_unavailable` */
  settle(): Promise<void>;
};

export type SharedSpace = {
  /** `expiresAt` is in Unix milliseconds; without it, the object lives for 30 days. */
  put(id: string, object: {readonly value: unknown; readonly expiresAt?: number | undefined}): void;
  delete(id: string): void;
};

const bytesName = '$bytes';

/** An object as text. Bytes, long numbers and the order of members survive. */
export function writeObject(value: unknown): string {
  return stringifyJson(toJson(value));
}

export function readObject(text: string): unknown {
  return fromJson(parseJson(text, {maxDepth: 1000, allowsLoneSurrogates: true}));
}

function toJson(value: unknown): JsonValue {
  if (value === undefined) return null;
  if (value instanceof Uint8Array) return {[bytesName]: Buffer.from(value).toString('base64')};
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  if (Array.isArray(value)) return value.map(toJson);
  return objectOf(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      // A name that begins with a dollar sign gets another one, so that none means bytes.
      .map(([name, member]) => [name.startsWith('$') ? `$${name}` : name, toJson(member)]),
  );
}

function fromJson(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isJsonObject(value)) return value;
  const bytes = value[bytesName];
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'));
  return objectOf(
    Object.entries(value).map(([name, member]) => [
      name.startsWith('$') ? name.slice(1) : name,
      fromJson(member),
    ]),
  );
}
