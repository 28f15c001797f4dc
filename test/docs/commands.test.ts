import {readdirSync, readFileSync} from 'node:fs';
import test from 'ava';
import type {Command} from 'commander';
import {loadProgram} from '../../cli/program.js';

/** All but the one that is generated from the program. */
const pages = [
  'README.md',
  ...readdirSync('docs', {recursive: true, encoding: 'utf8'})
    .filter(name => name.endsWith('.md') && !/^(?:decisions|reference\/cli)/.test(name))
    .map(name => `docs/${name}`),
];

type Shown = {readonly page: string; readonly words: readonly string[]};

/** Every call of retake in a block of code, up to the command that `retake run` starts, a pipe or a comment. */
function callsOn(page: string): readonly Shown[] {
  const text = readFileSync(page, 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh|yaml|groovy)?[^\n]*\n([\s\S]*?)^```$/gm)].map(
    ([, code = '']) => code,
  );
  const inline = [...text.matchAll(/`((?:npx )?retake [a-z][^`]*)`/g)].map(([, code = '']) => code);
  return [...blocks.join('\n').split('\n'), ...inline].flatMap(line => {
    const [, call] =
      /(?:^|[\s'"])(?:npx )?retake ((?:[a-z]+|--)[^#|&;>]*)/.exec(line.replace(/^\s*#.*/, '')) ?? [];
    if (call === undefined || !/^(?:\s*\$ |\s*(?:- )?(?:run|script|sh)\b|\s*-? ?(?:npx )?retake )/.test(line))
      return [];
    return [{page, words: (call.split(/\s--(?:\s|$)/)[0] ?? '').trim().split(/\s+/)}];
  });
}

const program = await loadProgram({environment: {}, directory: '.'});

function find(words: readonly string[]): {command: Command; rest: readonly string[]} | undefined {
  const [first = '', second = ''] = words;
  const command = program.commands.find(one => one.name() === first);
  const inner = command?.commands.find(one => one.name() === second);
  if (inner) return {command: inner, rest: words.slice(2)};
  return command && {command, rest: words.slice(1)};
}

test('every command of retake on a page exists, with its options', t => {
  const calls = pages.flatMap(callsOn);
  t.true(calls.length > 100, `${calls.length} commands`);
  const wrong = calls.flatMap(({page, words}) => {
    const found = find(words);
    const known = found?.command.options.map(({long}) => long);
    const flags = (found?.rest ?? []).flatMap(word => /^\[?(--[a-z][a-z0-9-]*)/.exec(word)?.[1] ?? []);
    const unknown = flags.filter(flag => flag !== '--help' && !known?.includes(flag));
    return found && unknown.length === 0 ? [] : [`${page}: retake ${words.join(' ')} ${unknown.join(' ')}`];
  });
  t.deepEqual(wrong, []);
});
