import type {Static, TSchema} from '@sinclair/typebox';
import {TypeCompiler} from '@sinclair/typebox/compiler';
import type {ValueErrorIterator} from '@sinclair/typebox/errors';
import {Value} from '@sinclair/typebox/value';

/** A check of values by a schema. */
export type SchemaCheck<Schema extends TSchema> = {
  Check(value: unknown): value is Static<Schema>;
  /** Why a value failed. */
  Errors(value: unknown): ValueErrorIterator;
};

/** Checks after which compiling is worth it. */
const interpretedChecks = 2;

/**
 * A check that is compiled when it is used for the third time: that takes some milliseconds, which the first request to a server and a
 * command that reads one recording need not wait for.
 */
export function schemaCheck<Schema extends TSchema>(schema: Schema): SchemaCheck<Schema> {
  let compiled: SchemaCheck<Schema> | undefined;
  let count = 0;
  return {
    Check(value): value is Static<Schema> {
      if (!compiled && count++ < interpretedChecks) return Value.Check(schema, value);
      compiled ??= TypeCompiler.Compile(schema);
      return compiled.Check(value);
    },
    Errors: value => (compiled ?? {Errors: (failed: unknown) => Value.Errors(schema, failed)}).Errors(value),
  };
}
