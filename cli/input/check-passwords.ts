import {requireOnePassword} from '../../src/cassette/postgres/store-address.js';

/**
 * Checks the addresses of databases in the command line, of which later only those without passwords are left.
 * @throws RetakeError `invalid_setting` if two of one database have different passwords
 */
export function checkPasswords(argv: readonly string[]): void {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  requireOnePassword(own.flatMap(word => /^(?:--[\w-]+=)?(postgres(?:ql)?:.*)$/i.exec(word)?.[1] ?? []));
}
