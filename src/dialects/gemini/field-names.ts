import type {TObject} from '@sinclair/typebox';

/** All accepted names of a message's fields, with the field that each means. */
export function fieldNames(message: TObject): ReadonlyMap<string, string> {
  const known = namesByMessage.get(message);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  for (const [field, schema] of Object.entries(message.properties)) {
    const aliases: readonly string[] = schema['aliases'] ?? [];
    for (const name of [field, snakeCase(field), ...aliases]) names.set(name, field);
  }
  namesByMessage.set(message, names);
  return names;
}

const namesByMessage = new WeakMap<TObject, ReadonlyMap<string, string>>();

/** The name of a field in the proto file, which the API uses in its errors. */
export function snakeCase(name: string): string {
  const known = snakeCases.get(name);
  if (known !== undefined) return known;
  const written = name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
  if (snakeCases.size < rememberedNames) snakeCases.set(name, written);
  return written;
}

/** A conversation names the same few fields thousands of times; clients may write any name. */
const rememberedNames = 1000;
const snakeCases = new Map<string, string>();
