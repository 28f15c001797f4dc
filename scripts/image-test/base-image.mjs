import {existsSync} from 'node:fs';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import process from 'node:process';
import {runCommand} from './run-command.mjs';

/**
 * A replacement for the public Node image on machines without access to an image registry: this machine's Debian or Ubuntu from
 * debootstrap, the current Node, a user `node`, and this machine's settings for its package registries.
 */
export async function makeBaseImage(store, tag, cacheFolder) {
  const system = await debootstrapped(cacheFolder);
  const settings = registrySettings();
  await store.make(tag, {
    environment: settings,
    async fill(root) {
      await runCommand('tar', ['--extract', '--file', system, '--directory', root]);
      await addNode(root);
      await runCommand('chroot', [root, 'useradd', '--uid', '1000', '--create-home', 'node']);
      await copyRegistryFiles(root, Object.values(settings));
    },
  });
}

/** The tar of a minimal system, created once and cached. */
async function debootstrapped(cacheFolder) {
  const {ID, VERSION_CODENAME: codename} = await osRelease();
  const tar = join(cacheFolder, `${ID}-${codename}-${process.arch}.tar`);
  if (existsSync(tar)) return tar;
  await mkdir(cacheFolder, {recursive: true});
  const folder = await mkdtemp(join(cacheFolder, 'debootstrap-'));
  try {
    const root = join(folder, 'root');
    const mirror = await packageMirror(codename);
    await runCommand(
      'debootstrap',
      ['--variant=minbase', '--include=ca-certificates', codename, root, ...(mirror ? [mirror] : [])],
      {timeout: 600_000},
    );
    for (const path of ['var/cache/apt/archives', 'var/lib/apt/lists']) {
      await rm(join(root, path), {recursive: true, force: true});
    }
    await runCommand('tar', ['--create', '--file', join(folder, 'root.tar'), '--directory', root, '.']);
    await rename(join(folder, 'root.tar'), tar);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
  return tar;
}

async function osRelease() {
  const lines = (await readFile('/etc/os-release', 'utf8')).split('\n');
  return Object.fromEntries(
    lines.map(line => line.split('=')).map(([name, value = '']) => [name, value.replaceAll('"', '')]),
  );
}

/** The package mirror that this machine uses for a release; if undefined, debootstrap decides. */
async function packageMirror(codename) {
  const format = '$(REPO_URI) $(CODENAME) $(COMPONENT)';
  const lines = await runCommand('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const [uri = ''] =
    lines
      .split('\n')
      .map(line => line.split(' '))
      .find(fields => fields[1] === codename && fields[2] === 'main') ?? [];
  return /^https?:/.test(uri) ? uri : undefined;
}

/** This Node with the npm of this machine, in the layout of the public image. */
async function addNode(root) {
  const local = join(root, 'usr/local');
  await cp(process.execPath, join(local, 'bin/node'));
  await cp(await npmPackage(), join(local, 'lib/node_modules/npm'), {recursive: true});
  for (const name of ['npm', 'npx']) {
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
  }
}

/** The folder of the npm that runs this script, or else of the one on PATH. A Node that was fetched has none of its own. */
async function npmPackage() {
  const script = process.env.npm_execpath ?? (await runCommand('which', ['npm'])).trim();
  return dirname(dirname(await realpath(script)));
}

/** The variables with the registries of this machine's npm and pip. */
function registrySettings() {
  const names = [
    ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'],
    ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_CERT'],
  ];
  return Object.fromEntries(names.filter(name => process.env[name]).map(name => [name, process.env[name]]));
}

/** The files with the registries of apt, npm and pip, and the certificates that their settings name. */
async function copyRegistryFiles(root, settings) {
  const home = process.env.HOME ?? '/root';
  const npm = setting => runCommand('npm', ['config', 'get', setting], {cwd: '/'});
  const [globalConfig, userConfig, certificates] = await Promise.all(
    ['globalconfig', 'userconfig', 'cafile'].map(async setting => (await npm(setting)).trim()),
  );
  const places = [
    ...['/etc/apt', '/usr/share/keyrings', '/usr/local/share/ca-certificates'],
    ...['/etc/ssl/certs/ca-certificates.crt', '/etc/pip.conf'],
    ...[certificates, ...settings].filter(value => value.startsWith('/')),
  ].map(path => [path, path]);
  places.push([join(home, '.config/pip/pip.conf'), '/root/.config/pip/pip.conf']);
  await rm(join(root, 'etc/apt'), {recursive: true});
  for (const [from, to] of places) {
    if (!existsSync(from)) continue;
    await cp(from, join(root, to), {recursive: true, dereference: true, force: true});
  }
  const npmrc = join(root, 'usr/local/etc/npmrc');
  await mkdir(dirname(npmrc), {recursive: true});
  await writeFile(npmrc, '');
  for (const path of [globalConfig, userConfig]) {
    if (existsSync(path)) await appendFile(npmrc, `${await readFile(path, 'utf8')}\n`);
  }
}
