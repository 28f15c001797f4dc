import {RetakeError, toRetakeError} from '../../errors.js';
import {isUntrusted, kindOfError, serverCode} from './driver.js';

/** An error of the driver as one for the user. Its message names the database without its password. */
export function storeError(shown: string, cause: unknown): RetakeError {
  if (cause instanceof RetakeError) return cause;
  const reason = reasonOf(cause);
  if (kindOfError(cause) !== 'query') {
    return new RetakeError(
      'store_unavailable',
      `The PostgreSQL database ${shown} cannot be reached: ${reason}`,
      {
        hint: 'Check the address, and the database with pg_isready. A running retake connects again by itself.',
        cause,
      },
    );
  }
  if (isUntrusted(cause)) {
    return new RetakeError(
      'invalid_setting',
      `The certificate of the PostgreSQL database ${shown} is not accepted: ${reason}`,
      {
        hint: 'Name the certificate of the authority that signed it with sslrootcert. sslmode=verify-full also wants the host of the address in it.',
        cause,
      },
    );
  }
  // The driver has no code of its own for it.
  if (/password must be a .*string/.test(reason)) {
    return new RetakeError(
      'invalid_setting',
      `The PostgreSQL database ${shown} wants a password, and none is given`,
      {hint: wantsPassword, cause},
    );
  }
  const code = serverCode(cause);
  if (code === undefined) return toRetakeError(cause);
  const hint = hints[code]?.(reason);
  return hint === undefined
    ? new RetakeError(
        'cassette_write_failed',
        `The PostgreSQL database ${shown} failed: ${reason} (${code})`,
        {
          cause,
        },
      )
    : new RetakeError('invalid_setting', `The PostgreSQL database ${shown} refused: ${reason}`, {
        hint,
        cause,
      });
}

const wantsPassword = 'Set PGPASSWORD, or add the database to ~/.pgpass.';

/** By the code of the error; `reason` is the message of the server. */
const hints: Readonly<Record<string, ((reason: string) => string) | undefined>> = {
  '28P01': () => 'Check the user, and the password in the address, PGPASSWORD or ~/.pgpass.',
  '28000': reason => {
    const role = /^role "([\w-]+)" does not exist/.exec(reason)?.[1];
    return role === undefined
      ? 'Allow this user and this kind of connection in pg_hba.conf of the server, or try sslmode=require.'
      : `Create the role: createuser --pwprompt ${role}, or name another user in the address.`;
  },
  '3D000': reason => `Create the database: createdb ${/"([\w-]+)"/.exec(reason)?.[1] ?? 'NAME'}`,
  '42501': () =>
    'The role needs the right to create a schema in the database, at least for the first start: GRANT CREATE ON DATABASE NAME TO ROLE',
};

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
