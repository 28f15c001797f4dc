import {existsSync, readFileSync, statSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {isJsonObject} from '../chat/json.js';
import {RetakeError} from '../errors.js';
import {describeValue} from './expectation.js';
import {suggestName} from './nearest-name.js';
import {type Setting, settingList} from './setting-list.js';
import type {GivenSetting} from './setting-source.js';

export const configFileName = 'retake.config.json';

/**
 * The nearest retake.config.json in a folder or one above it, up to the root of the repository. The search ends at a file of somebody else:
 * anybody can write into /tmp, above a folder of yours.
 */
export function findConfigFile(directory: string): string | undefined {
  const start = resolve(directory);
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, configFileName);
    if (existsSync(path)) return isOwn(path, start) ? path : undefined;
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/** Whether a file belongs to this user, to the administrator, or to whom the working directory belongs (in containers not this user). */
function isOwn(path: string, directory: string): boolean {
  const user = process.getuid?.();
  const owner = statSync(path).uid;
  return user === undefined || [user, 0, statSync(directory).uid].includes(owner);
}

/**
 * The settings in a file.
 * @throws RetakeError `invalid_setting` if it cannot be read, is not a JSON object, or has an unknown setting.
 */
export function readConfigFile(path: string): GivenSetting[] {
  const content = parseFile(path);
  if (!isJsonObject(content)) {
    throw new RetakeError(
      'invalid_setting',
      `Expected ${path} to hold an object of settings, got ${describeValue(content)}`,
    );
  }
  return Object.entries(content)
    .filter(([name]) => name !== '$schema')
    .flatMap(([name, value]) => readMember(path, name, value));
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError(
      'invalid_setting',
      cause instanceof SyntaxError
        ? `${path} is not valid JSON: ${reason}`
        : `${path} cannot be read: ${reason}`,
      {cause},
    );
  }
}

function readMember(path: string, name: string, value: unknown): GivenSetting[] {
  const direct = settingList.find(setting => setting.name === name);
  if (direct) return [give(path, direct, value)];
  const members = settingList.filter(setting => setting.path.length > 1 && setting.path[0] === name);
  if (members.length === 0) throw unknownSetting(path, name);
  if (!isJsonObject(value)) {
    throw new RetakeError(
      'invalid_setting',
      `Expected \`${name}\` (in ${path}) to be an object, got ${describeValue(value)}`,
    );
  }
  return Object.entries(value).map(([member, inner]) => {
    const setting = members.find(({path: [, last]}) => last === member);
    if (!setting) throw unknownSetting(path, `${name}.${member}`);
    return give(path, setting, inner);
  });
}

function give(path: string, setting: Setting, value: unknown): GivenSetting {
  if (!setting.inFile) {
    throw new RetakeError('invalid_setting', `\`${setting.name}\` must not be written into ${path}`, {
      hint: setting.places.secret
        ? `Give it as the variable ${setting.variables.join(' or ')}: it is a secret, and the file belongs in git.`
        : `Give it as ${setting.flag} or as the variable ${setting.variables.join(' or ')}: a file that came with a checkout must not decide this.`,
    });
  }
  return {setting, value, source: {kind: 'file', path}};
}

function unknownSetting(path: string, name: string): RetakeError {
  const known = settingList.filter(({inFile}) => inFile).map(setting => setting.name);
  return new RetakeError(
    'invalid_setting',
    `Unknown setting \`${name}\` in ${path}${suggestName(name, known)}`,
  );
}
