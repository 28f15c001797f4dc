import {Type} from '@sinclair/typebox';

export const Decimal = (minimum: number, maximum: number) => Type.Number({minimum, maximum});
export const Integer = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  Type.Integer({minimum, maximum});

/** Integers above 2^53 are bigints in the parsed body. */
export const AnyInteger = Type.Union([Type.Integer(), Type.BigInt()]);
