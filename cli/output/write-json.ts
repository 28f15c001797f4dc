import {formatJson, type JsonValue} from '../../src/chat/json.js';

/** Prints data for programs. Every shape has a `version`, which increases when a member changes or is removed. */
export function writeJson<Data extends {readonly version: number}>(data: Data): void {
  const value: unknown = data;
  process.stdout.write(`${formatJson(value as JsonValue)}\n`);
}
