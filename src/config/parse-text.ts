import {type TSchema, TypeGuard} from '@sinclair/typebox';

/** Converts the text of a variable or flag to the type of its schema; other text is returned unchanged, and then rejected. */
export function parseSettingText(schema: TSchema, text: string): unknown {
  if (TypeGuard.IsBoolean(schema)) return booleans.get(text.toLowerCase()) ?? text;
  if (TypeGuard.IsArray(schema)) {
    const items = text.split(',').map(item => item.trim());
    return items.filter(item => item !== '').map(item => parseSettingText(schema.items, item));
  }
  const takesNumber = TypeGuard.IsUnion(schema) ? schema.anyOf.some(isNumeric) : isNumeric(schema);
  return takesNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

function isNumeric(schema: TSchema): boolean {
  return TypeGuard.IsInteger(schema) || TypeGuard.IsNumber(schema);
}
