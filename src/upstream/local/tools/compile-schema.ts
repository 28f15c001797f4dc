import type {AnySchemaObject} from 'ajv';
import {Ajv2020} from 'ajv/dist/2020.js';

/** Whether a value is what a JSON Schema describes. @throws Error with the reason when it is none */
export function compileSchema(schema: unknown): (value: unknown) => boolean {
  const validator = new Ajv2020({
    // Words that it does not know say nothing, as everywhere else where schemas are read.
    strict: false,
    validateFormats: false,
    logger: false,
    code: {regExp: Object.assign(leniently, {code: 'leniently'})},
  });
  const validate = validator.compile(typeof schema === 'boolean' ? schema : (schema as AnySchemaObject));
  return value => validate(value) === true;
}

/** Patterns are written for the languages of many SDKs: one that this language does not know is passed over. */
function leniently(pattern: string): {test(text: string): boolean} {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // Read again without the flag, or not at all.
    }
  }
  return {test: () => true};
}
