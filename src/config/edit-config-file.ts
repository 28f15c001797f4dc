import {existsSync, readFileSync} from 'node:fs';
import {isDeepStrictEqual} from 'node:util';
import {findNodeAtLocation, type Node, parseTree} from 'jsonc-parser';
import type {IgnoreRule} from '../cassette/key/key-settings.js';
import {isJsonObject, type JsonValue} from '../chat/json.js';
import {RetakeError} from '../errors.js';
import {writeTextAtomically} from '../files/write-atomically.js';

/** A change of retake.config.json that was not written yet. */
export type ConfigEdit = {
  readonly path: string;
  /** Undefined if there is no file. */
  readonly before: string | undefined;
  readonly after: string;
};

/**
 * The configuration file with more `ignore` rules; rules that it has are not added again.
 * @throws RetakeError `invalid_setting` if the file is invalid
 */
export function proposeIgnoreRules(path: string, rules: readonly IgnoreRule[]): ConfigEdit {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  return {path, before, after: withIgnoreRules(before ?? '{}\n', rules, path)};
}

/** Writes the change, if the file is as it was when the change was proposed. */
export async function writeConfigEdit({path, before, after}: ConfigEdit): Promise<void> {
  const current = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (current !== before) {
    throw new RetakeError('invalid_request', `${path} was changed meanwhile`, {hint: 'Look at it again.'});
  }
  await writeTextAtomically(path, after);
}

/** Inserts the rules into the text, which stays as it is otherwise: order, spaces and line breaks included. */
export function withIgnoreRules(text: string, rules: readonly IgnoreRule[], path: string): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const bare = text.slice(mark.length);
  const settings = parse(bare, path);
  const existing = settings['ignore'] ?? [];
  if (!Array.isArray(existing)) {
    throw new RetakeError('invalid_setting', `Expected \`ignore\` (in ${path}) to be a list of rules`);
  }
  const missing = rules.filter(rule => !existing.some(one => isDeepStrictEqual(one, rule)));
  if (missing.length === 0) return text;
  const edited = insert(bare, missing);
  const expected = {...settings, ignore: [...existing, ...missing]};
  if (edited === undefined || !isDeepStrictEqual(parse(edited, path), expected)) {
    throw new RetakeError('invalid_setting', `The rules cannot be inserted into ${path}`, {
      hint: 'Add them by hand.',
    });
  }
  return mark + edited;
}

function parse(text: string, path: string): Record<string, JsonValue> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('invalid_setting', `${path} is not valid JSON: ${reason}`, {cause});
  }
  if (isJsonObject(content)) return content;
  throw new RetakeError('invalid_setting', `Expected ${path} to hold an object of settings`);
}

function insert(text: string, rules: readonly IgnoreRule[]): string | undefined {
  const root = parseTree(text);
  if (!root) return undefined;
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const items = rules.map(formatRule);
  const list = findNodeAtLocation(root, ['ignore']);
  if (list) return insertItems(text, list, items);
  const member = `"ignore": [${items.join(', ')}]`;
  if (root.children && root.children.length > 0) return insertItems(text, root, [member]);
  return insertAt(text, root.offset + 1, `${lineBreak}  ${member}${lineBreak}`);
}

/** Appends items to a list, or members to an object, each on a line of its own if the last one is. */
function insertItems(text: string, {offset, children = []}: Node, items: readonly string[]): string {
  const last = children.at(-1);
  if (!last) return insertAt(text, offset + 1, items.join(', '));
  const start = children.at(-2) ?? {offset, length: 1};
  const space = /(?:\r?\n)[ \t]*$/.exec(text.slice(start.offset + start.length, last.offset))?.[0] ?? ' ';
  return insertAt(text, last.offset + last.length, items.map(item => `,${space}${item}`).join(''));
}

function insertAt(text: string, offset: number, inserted: string): string {
  return text.slice(0, offset) + inserted + text.slice(offset);
}

/** As a person writes it: `{"pattern": "…"}`. */
function formatRule(rule: IgnoreRule): string {
  if (typeof rule === 'string') return JSON.stringify(rule);
  const members = Object.entries(rule).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{${members.join(', ')}}`;
}
