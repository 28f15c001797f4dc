import {existsSync, readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {basename} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {BuiltPackages} from './built-packages.js';

export type Registry = {readonly npm: string; readonly pip: string};

/** A redirection if it has a location. */
type Answer = {readonly location?: string; readonly type?: string; readonly body?: string | Buffer};

type Locked = {readonly version: string; readonly integrity?: string};

const {packages: lock}: {readonly packages: Readonly<Record<string, Locked>>} = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
);

/**
 * A registry of npm and PyPI on loopback. It has retake as it is built here. For npm packages that this repository locks, it offers those
 * versions alone, which npm has in its cache. Everything else is redirected to the registries of the machine.
 */
export async function packageRegistry(
  t: ExecutionContext,
  {tarball, wheel}: BuiltPackages,
  upstream: Registry,
): Promise<Registry> {
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Locked;
  const server = createServer(({url = ''}, response) => {
    const [, kind, name = ''] = /^\/(npm|pip)\/(.*?)\/?$/.exec(decodeURIComponent(url)) ?? [];
    const {
      location,
      type = 'application/octet-stream',
      body,
    } = kind === 'npm' ? npmAnswer(name) : pipAnswer(name);
    response.writeHead(
      location === undefined ? 200 : 302,
      location === undefined ? {'content-type': type} : {location},
    );
    response.end(body);
  });

  function npmAnswer(name: string): Answer {
    if (name === basename(tarball)) return {body: readFileSync(tarball)};
    const versions =
      name === 'retake' ? [withTarball(manifest, `${npm}/${basename(tarball)}`)] : locked(name);
    if (versions.length === 0) return {location: `${upstream.npm}/${name.replace('/', '%2f')}`};
    const packument = {
      name,
      'dist-tags': {latest: versions[0]?.version},
      versions: Object.fromEntries(versions.map(version => [version.version, {name, ...version}])),
    };
    return {type: 'application/json', body: JSON.stringify(packument)};
  }

  /** The versions that this repository locks, first the one at the root. */
  function locked(name: string): readonly Locked[] {
    const paths = Object.keys(lock).filter(path => path.endsWith(`node_modules/${name}`));
    const address = (version: string) => `${upstream.npm}/${name}/-/${basename(name)}-${version}.tgz`;
    return paths
      .sort((one, other) => one.length - other.length)
      .map(manifestAt)
      .map(entry => withTarball(entry, address(entry.version)));
  }

  function pipAnswer(name: string): Answer {
    if (name === basename(wheel)) return {body: readFileSync(wheel)};
    if (name !== 'retake') return {location: `${upstream.pip}/${name}/`};
    const link = `<a href="${pip}/${basename(wheel)}">${basename(wheel)}</a>`;
    return {type: 'text/html', body: `<!DOCTYPE html>${link}`};
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  const npm = `http://127.0.0.1:${port}/npm`;
  const pip = `http://127.0.0.1:${port}/pip`;
  return {npm, pip};
}

/** What npm reads of a package before it fetches it. The lock has less of it, but also the packages for other systems. */
function manifestAt(path: string): Locked {
  const file = `${path}/package.json`;
  const {scripts: _, ...installed} = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return {...lock[path], ...installed};
}

function withTarball(entry: Locked, tarball: string): Locked {
  const {integrity, ...manifest} = entry;
  return {...manifest, dist: {tarball, integrity}} as Locked;
}
