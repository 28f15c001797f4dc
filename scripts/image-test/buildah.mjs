import {mkdir, readFile, realpath, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {runCommand, startCommand} from './run-command.mjs';

/** An image store in a folder, which builds and runs without a daemon, as root. */
export async function openStore(path) {
  await mkdir(path, {recursive: true});
  // The system lists mounts by their real paths.
  const folder = await realpath(path);
  await removeStore(folder);
  const storage = join(folder, 'storage');
  await mkdir(storage, {recursive: true});
  const driver = (await overlayWorks(folder)) ? 'overlay' : 'vfs';
  const global = ['--root', storage, '--runroot', join(folder, 'run'), '--storage-driver', driver];
  const buildah = (...given) => runCommand('buildah', [...global, ...given], {timeout: 900_000});

  return {
    /** Whether a second build reuses the layers of the first: without overlays each would be a full copy. */
    keepsLayers: driver === 'overlay',

    /** Creates an image from the files that `fill` writes into an empty root folder. */
    async make(tag, {environment, fill}) {
      const container = (await buildah('from', 'scratch')).trim();
      await fill((await buildah('mount', container)).trim());
      for (const [name, value] of Object.entries(environment)) {
        await buildah('config', '--env', `${name}=${value}`, container);
      }
      await buildah('commit', '--disable-compression', container, tag);
      await buildah('rm', container);
    },

    async build(tag, {context, buildArguments, target}) {
      const given = Object.entries(buildArguments).flatMap(([name, value]) => [
        '--build-arg',
        `${name}=${value}`,
      ]);
      // Health checks are a Docker extension of the image format.
      // npm opens more files at once than buildah allows by default if the machine is busy.
      const format = ['--format', 'docker', '--isolation', 'chroot', '--ulimit', 'nofile=16384:16384'];
      if (driver === 'overlay') format.push('--layers');
      if (target) format.push('--target', target);
      await buildah('build', ...format, ...given, '--tag', tag, context);
    },

    /** The image's configuration (https://github.com/moby/docker-image-spec), its id, and its size including its base. */
    async describe(tag) {
      const {Docker, FromImageID} = JSON.parse(await buildah('inspect', '--type', 'image', tag));
      const [{size}] = JSON.parse(await buildah('images', '--json', tag));
      return {config: Docker.config, id: FromImageID, size};
    },

    /** Starts a command in a new container of an image, with this machine's network. */
    async start(tag, command, {mounts = [], environment = {}, user, capabilities = []} = {}) {
      const container = (await buildah('from', tag)).trim();
      // buildah mounts an image's own volume over a requested one.
      for (const {path} of mounts) await buildah('config', '--volume', `${path}-`, container);
      const volume = ({source, path, readOnly}) => `${source}:${path}${readOnly ? ':ro' : ''}`;
      return startCommand('buildah', [
        ...global,
        ...['run', '--isolation', 'chroot'],
        ...(user === undefined ? [] : ['--user', user]),
        ...capabilities.flatMap(name => ['--cap-add', name]),
        ...mounts.flatMap(mount => ['--volume', volume(mount)]),
        ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        ...['--', container, ...command],
      ]);
    },

    /** The path of an image's root folder, for inspection. */
    async look(tag) {
      return (await buildah('mount', (await buildah('from', tag)).trim())).trim();
    },

    remove: () => removeStore(folder),
  };
}

async function overlayWorks(folder) {
  const root = join(folder, 'overlay-trial');
  const place = name => join(root, name);
  for (const name of ['lower', 'upper', 'work', 'merged']) await mkdir(place(name), {recursive: true});
  const layers = `lowerdir=${place('lower')},upperdir=${place('upper')},workdir=${place('work')}`;
  try {
    await runCommand('mount', ['-t', 'overlay', 'overlay', '-o', layers, place('merged')]);
    await runCommand('umount', [place('merged')]);
    return true;
  } catch {
    // A kernel or a file system without overlays: full copies work too, more slowly.
    return false;
  } finally {
    await rm(root, {recursive: true, force: true});
  }
}

/** Includes the remains of a killed run: with active mounts, removal would delete the mounted files. */
async function removeStore(folder) {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
    .filter(path => path.startsWith(`${folder}/`))
    .sort((one, other) => other.length - one.length);
  for (const path of mounts) await runCommand('umount', ['--lazy', path]);
  await rm(folder, {recursive: true, force: true});
}
