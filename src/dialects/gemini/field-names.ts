import type {TObject} from '@sinclair/typebox';

/** Every name that a message's fields answer to, and the field that is meant. */
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

/** A field's name in the proto file, which is how the API calls it in its errors. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}
