import {MIMEType} from 'node:util';

/** A media type as somebody declared it, in lower case. */
export type DeclaredType = {
  /** Type and subtype alone: `text/plain`. */
  readonly essence: string;
  readonly charset: string | undefined;
};

/** Undefined where nothing is declared, or nothing that is a media type. */
export function readDeclaredType(declared: string | undefined): DeclaredType | undefined {
  if (declared === undefined) return undefined;
  try {
    const {essence, params} = new MIMEType(declared);
    return {essence, charset: params.get('charset')?.toLowerCase()};
  } catch {
    // What is no media type says nothing of the bytes, which are looked at anyway.
    return undefined;
  }
}
