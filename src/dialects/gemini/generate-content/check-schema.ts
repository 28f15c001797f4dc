import {type FieldViolation, invalidArguments} from '../field-violations.js';
import type {Schema} from './schema.js';

/**
 * Refuses an OpenAPI schema as the API does: an array without `items`, and a required name without a property.
 * @throws RetakeError `invalid_request` with every fault, in the words of the API
 */
export function checkSchema(schema: Schema, field: string): void {
  const violations = violationsIn(schema, field, new Set());
  if (violations.length > 0) throw invalidArguments(violations);
}

/** `around` are the properties of the schemas that this one is a branch of. */
function violationsIn(schema: Schema, field: string, around: ReadonlySet<string>): readonly FieldViolation[] {
  const {type, items, properties = {}, required = [], anyOf = []} = schema;
  const known = new Set([...around, ...Object.keys(properties)]);
  return [
    ...Object.entries(properties).flatMap(([name, property]) =>
      violationsIn(property, `${field}.properties[${name}]`, new Set()),
    ),
    ...(items ? violationsIn(items, `${field}.items`, new Set()) : []),
    ...(type === 'ARRAY' && !items ? [{field: `${field}.items`, description: 'missing field.'}] : []),
    ...required.flatMap((name, index): FieldViolation[] =>
      known.has(name) ? [] : [{field: `${field}.required[${index}]`, description: 'property is not defined'}],
    ),
    ...anyOf.flatMap((branch, index) => violationsIn(branch, `${field}.any_of[${index}]`, known)),
  ];
}
