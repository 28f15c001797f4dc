import {formatJson, type JsonValue} from '../../src/chat/json.js';

/** Prints data for programs. Every shape that is printed carries a `version`, which grows when a member changes or goes. */
export function writeJson<Data extends {readonly version: number}>(data: Data): void {
  const value: unknown = data;
  process.stdout.write(`${formatJson(value as JsonValue)}\n`);
}
