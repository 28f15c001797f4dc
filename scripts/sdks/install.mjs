// Installs the SDKs of the contract tests, in their pinned versions, into .cache/sdk/, and builds the programs that use them.
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {goEnvironment} from '../go-environment.mjs';
import {npm} from '../run-quietly.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = join(root, 'test', 'sdk');
const installed = join(root, '.cache', 'sdk');

/** For each language, the programs that the installation needs, and the function that installs. */
const languages = {
  javascript: {needs: ['node'], pins: 'javascript/program/package-lock.json', install: installJavascript},
  python: {needs: ['python3'], pins: 'python/requirements.txt', install: installPython},
  go: {needs: ['go'], install: installGo},
  java: {needs: ['java', 'mvn'], install: installJava},
};

export const languageNames = Object.keys(languages);

/** Installs the SDKs of one language. Returns a message if that is not possible here, because a program is missing or failed. */
export async function installSdks(language) {
  const {needs, pins, install} = languages[language];
  const missing = needs.filter(program => !isOnPath(program));
  const stamp = join(installed, language, '.installed');
  if (missing.length > 0) {
    rmSync(stamp, {force: true});
    return `Skipping the ${language} SDKs: ${missing.join(' and ')} not found on PATH`;
  }
  const wanted = pins
    ? createHash('sha256')
        .update(readFileSync(join(sources, pins)))
        .digest('hex')
    : language;
  if (pins && read(stamp) === wanted) return undefined;
  console.log(`Installing the ${language} SDKs; this takes a few minutes the first time …`);
  rmSync(stamp, {force: true});
  mkdirSync(join(installed, language), {recursive: true});
  try {
    await install(join(installed, language));
  } catch (error) {
    return `Failed to install the ${language} SDKs: ${error.message}`;
  }
  writeFileSync(stamp, wanted);
  return undefined;
}

async function installJavascript(folder) {
  const program = join(sources, 'javascript', 'program');
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    copyFileSync(join(program, name), join(folder, name));
  const [command, words] = npm('ci', '--ignore-scripts');
  await run(command, words, {cwd: folder});
  // Started from there, the program finds these packages and not those of the project.
  rmSync(join(folder, 'program'), {force: true});
  symlinkSync(program, join(folder, 'program'));
}

async function installPython(folder) {
  await run('python3', ['-m', 'venv', '--clear', folder]);
  // The programs load a small part of the modules, and those are compiled when they do.
  const options = ['--disable-pip-version-check', '--quiet', '--no-compile', '--require-hashes'];
  const requirements = join(sources, 'python', 'requirements.txt');
  const pip = ['-m', 'pip', 'install', ...options, '--requirement', requirements];
  await run(join(folder, 'bin', 'python'), pip);
}

async function installGo(folder) {
  const env = {...process.env, ...goEnvironment};
  const build = (name, ...options) =>
    run('go', ['build', ...options, '-o', join(folder, name), '.'], {cwd: join(sources, 'go'), env});
  await build('newest');
  await build('oldest', '-modfile=oldest.mod', '-tags=oldest');
}

async function installJava(folder) {
  const maven = ['--batch-mode', '--quiet', `-Dmaven.repo.local=${join(folder, 'repository')}`];
  await run('mvn', [...maven, 'compile', 'dependency:build-classpath'], {cwd: join(sources, 'java')});
}

function run(command, words, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {...options, stdio: ['ignore', 'inherit', 'inherit']});
    child.on('error', reject);
    child.on('close', code =>
      code === 0 ? resolve() : reject(new Error(`${command} ${words[0]} ended with exit code ${code}`)),
    );
  });
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Never installed, or not completely.
    return undefined;
  }
}
