// @ts-expect-error: the package has no types.
import pgpass from 'pgpass';

/** What a line of a password file is about. */
export type PasswordFor = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
};

type FindPassword = (about: PasswordFor, onFound: (password: string | undefined) => void) => void;

/** The password in PGPASSFILE or `~/.pgpass`. A file that other users may read is not used, with a warning on stderr, as by libpq. */
export function findPassword(about: PasswordFor): Promise<string | undefined> {
  return new Promise(resolve => (pgpass as FindPassword)(about, resolve));
}
