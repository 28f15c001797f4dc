import {isJsonObject, type JsonObject, type JsonValue, parseJson} from '../../chat/json.js';

/** JSON that a model wrote, bare or in a Markdown code fence. */
export type StructuredText = {
  readonly value: JsonObject | readonly JsonValue[];
  readonly isFenced: boolean;
};

/** The object or list that a text consists of; undefined for anything else, a bare number or string included. */
export function readStructuredText(text: string): StructuredText | undefined {
  const trimmed = text.trim();
  const [, fenced] = /^```(?:json)?[ \t]*\n([\s\S]*?)\n?```$/i.exec(trimmed) ?? [];
  const candidate = (fenced ?? trimmed).trim();
  if (!/^[[{]/.test(candidate)) return undefined;
  try {
    const value = parseJson(candidate);
    return isJsonObject(value) || Array.isArray(value) ? {value, isFenced: fenced !== undefined} : undefined;
  } catch {
    // What is no JSON is compared as text.
    return undefined;
  }
}
