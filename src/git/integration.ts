import {join} from 'node:path';
import {RetakeError} from '../errors.js';
import {
  addAttributesLine,
  attributesLine,
  hasAttributesLine,
  removeAttributesLine,
} from './attributes-file.js';
import {repositoryTop} from './changed-files.js';
import {type ConfigEntry, configSections, driverSettings} from './driver-settings.js';
import {runGit} from './run-git.js';

/** One setting that git needs, and whether it is set. */
export type IntegrationItem = {
  readonly place: '.gitattributes' | 'git config';
  readonly name: string;
  readonly wanted: string;
  /** Undefined if it is not set. */
  readonly found?: string | undefined;
  readonly isRight: boolean;
};

export type IntegrationStatus = {
  /** The top of the work tree. */
  readonly top: string;
  readonly items: readonly IntegrationItem[];
  /** The attributes that other lines set differently, a sentence each. */
  readonly overridden: readonly string[];
};

/** The changes, a sentence each. */
export type IntegrationChanges = {readonly top: string; readonly changes: readonly string[]};

/** Reports whether this clone is set up to diff and merge cassettes. */
export async function gitStatus(directory: string, command: string): Promise<IntegrationStatus> {
  const top = await workTree(directory);
  const hasLine = hasAttributesLine(attributesPath(top));
  const attributes: IntegrationItem = {
    place: '.gitattributes',
    name: '*.cassette',
    wanted: attributesLine,
    found: hasLine ? attributesLine : undefined,
    isRight: hasLine,
  };
  const items: IntegrationItem[] = [attributes];
  for (const {name, value} of driverSettings(command)) {
    const found = await configValue(top, name);
    items.push({
      place: 'git config',
      name,
      wanted: value,
      found,
      isRight: found === value,
    });
  }
  return {top, items, overridden: hasLine ? await overriddenAttributes(top) : []};
}

/** Sets up this clone; settings that are right stay unchanged. */
export async function installInGit(directory: string, command: string): Promise<IntegrationChanges> {
  const top = await workTree(directory);
  const changes: string[] = [];
  if (await addAttributesLine(attributesPath(top))) changes.push(`.gitattributes: added ${attributesLine}`);
  for (const entry of driverSettings(command)) changes.push(...(await setConfig(top, entry)));
  return {top, changes};
}

/** Reverts everything that {@link installInGit} does. */
export async function uninstallFromGit(directory: string): Promise<IntegrationChanges> {
  const top = await workTree(directory);
  const changes: string[] = [];
  if (await removeAttributesLine(attributesPath(top)))
    changes.push(`.gitattributes: removed ${attributesLine}`);
  for (const section of configSections) {
    const names = await configNames(top, section);
    if (names.length === 0) continue;
    await runGit(top, ['config', '--local', '--remove-section', section]);
    changes.push(`git config: removed ${section} (${names.length} entries)`);
  }
  return {top, changes};
}

function attributesPath(top: string): string {
  return join(top, '.gitattributes');
}

async function workTree(directory: string): Promise<string> {
  try {
    return await repositoryTop(directory);
  } catch (cause) {
    if (!(cause instanceof RetakeError) || cause.message.includes('on PATH')) throw cause;
    throw new RetakeError('git_failed', `There is no git work tree at ${directory}: ${cause.message}`, {
      hint: 'Change to the folder of a clone, or create a repository with `git init`.',
      cause,
    });
  }
}

async function setConfig(top: string, {name, value}: ConfigEntry): Promise<readonly string[]> {
  const found = await configValue(top, name);
  if (found === value) return [];
  await runGit(top, ['config', '--local', '--replace-all', name, value]);
  return [
    found === undefined
      ? `git config: ${name} = ${value}`
      : `git config: ${name} = ${value}\n  instead of ${found}`,
  ];
}

async function configValue(top: string, name: string): Promise<string | undefined> {
  const entries = await configEntries(top);
  return entries.findLast(entry => entry.name === name)?.value;
}

async function configNames(top: string, section: string): Promise<readonly string[]> {
  const entries = await configEntries(top);
  return entries.map(({name}) => name).filter(name => name.slice(0, name.lastIndexOf('.')) === section);
}

/** `name`, line break, value, NUL. A name without a value has no line break; retake sets no such name. */
async function configEntries(top: string): Promise<readonly ConfigEntry[]> {
  const listed = await runGit(top, ['config', '--local', '--list', '-z']);
  return listed
    .toString()
    .split('\0')
    .flatMap(entry => {
      const end = entry.indexOf('\n');
      return end === -1 ? [] : [{name: entry.slice(0, end), value: entry.slice(end + 1)}];
    });
}

const wantedAttributes: Readonly<Record<string, string>> = {diff: 'retake', merge: 'retake', text: 'unset'};

/** Asks git for the attributes of each cassette: a line in a nearer folder, or a later line, can override ours. */
async function overriddenAttributes(top: string): Promise<readonly string[]> {
  const tracked = (await runGit(top, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']))
    .toString()
    .split('\0')
    .filter(path => path.endsWith('.cassette'));
  const paths = [...new Set(['any.cassette', ...tracked])];
  const names = Object.keys(wantedAttributes);
  const output = await runGit(top, ['check-attr', '-z', '--stdin', ...names], {
    input: paths.map(path => `${path}\0`).join(''),
  });
  const fields = output.toString().split('\0');
  const wrong: string[] = [];
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const [path = '', attribute = '', value = ''] = fields.slice(index, index + 3);
    if (value !== wantedAttributes[attribute]) wrong.push(`${path}: ${attribute} is ${value}`);
  }
  return wrong;
}
