import {omitUndefined} from '../../chat/omit-undefined.js';
import {RetakeError} from '../../errors.js';

/** A `google.rpc.BadRequest.FieldViolation`: `field` is the path in proto names, `generation_config.top_p`; absent at the root. */
export type FieldViolation = {readonly field?: string; readonly description: string};

/** The 400 for a body that does not match its message, with all errors, in the words of Google's API front end. */
export function malformedMessage(violations: readonly FieldViolation[]): RetakeError {
  return violationError(violations, violations.map(violation => violation.description).join('\n'));
}

/** The 400 for values that the message allows and the API does not. */
export function invalidArguments(violations: readonly FieldViolation[], request?: string): RetakeError {
  return violationError(violations, validationLines(violations, request));
}

/**
 * Decodes a part of another request than GenerateContentRequest, so that errors are about `request`; `path` is the place of the part,
 * in proto names.
 */
export function within<Result>(
  {request, path = ''}: {readonly request: string; readonly path?: string},
  decode: () => Result,
): Result {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof RetakeError) || error.field === undefined) throw error;
    const {code, hint} = error;
    const violations = fieldViolationsOf(error).map(({field = '', ...rest}) => ({
      ...rest,
      field: path + field,
    }));
    const isWorded = error.message === validationLines(fieldViolationsOf(error));
    const message = isWorded ? validationLines(violations, request) : error.message;
    throw new RetakeError(
      code,
      message,
      omitUndefined({
        field: path + error.field,
        hint,
        cause: violations,
      }),
    );
  }
}

/** The 400 for fields that the real API accepts and retake does not serve. */
export function unsupportedFields(fields: readonly string[]): RetakeError {
  const violations = fields.map(field => ({field, description: 'retake does not support this field.'}));
  const [field] = fields;
  return new RetakeError(
    'not_supported',
    validationLines(violations),
    omitUndefined({
      field,
      hint: 'Leave it out, or send this request to the real API.',
      cause: violations,
    }),
  );
}

export function fieldViolationsOf(error: RetakeError): readonly FieldViolation[] {
  if (Array.isArray(error.cause)) return error.cause;
  return error.field === undefined ? [] : [{field: error.field, description: error.message}];
}

function validationLines(violations: readonly FieldViolation[], request = 'GenerateContentRequest'): string {
  return violations.map(({field, description}) => `* ${request}.${field}: ${description}\n`).join('');
}

function violationError(violations: readonly FieldViolation[], message: string): RetakeError {
  const field = violations[0]?.field;
  return new RetakeError(
    'invalid_request',
    message,
    omitUndefined({
      field,
      cause: violations,
    }),
  );
}
