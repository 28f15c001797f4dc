import {readFileSync} from 'node:fs';

/** The version in package.json, which is two folders up from the compiled module and from the bundled command line alike. */
export function packageVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const {version} = content as {readonly version: string};
  return version;
}
