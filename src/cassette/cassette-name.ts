import {RetakeError} from '../errors.js';

/** The cassette for requests without a cassette name. */
export const defaultCassetteName = 'default';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Names that are files on every system: Windows has devices by some names, with any extension, and drops a dot at the end. */
export function isCassetteName(name: string): boolean {
  return (
    namePattern.test(name) &&
    !name.endsWith('.') &&
    !name.endsWith('.cassette') &&
    !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)
  );
}

export function invalidName(name: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `${JSON.stringify(name.slice(0, 120))} is not a valid cassette name.`,
    {
      hint: 'A name has up to 100 letters, digits, ".", "_" and "-", begins with a letter or digit, does not end in "." or .cassette, and is not the name of a Windows device, such as CON or NUL.',
    },
  );
}
