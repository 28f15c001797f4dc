import {MIMEType} from 'node:util';

/** A declared media type, in lower case. */
export type DeclaredType = {
  /** Type and subtype: `text/plain`. */
  readonly essence: string;
  readonly charset: string | undefined;
};

/** Undefined without a valid declaration. */
export function readDeclaredType(declared: string | undefined): DeclaredType | undefined {
  if (declared === undefined) return undefined;
  try {
    const {essence, params} = new MIMEType(declared);
    return {essence, charset: params.get('charset')?.toLowerCase()};
  } catch {
    // An invalid media type is ignored: the bytes decide.
    return undefined;
  }
}
