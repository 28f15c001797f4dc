import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {nameFlags, optionFlags, optionsAsFlags} from '../../src/config/option-flags.js';
import {settingList} from '../../src/config/setting-list.js';
import type {LocalModelOptions} from '../../src/config/upstream-options.js';
import {RetakeError} from '../../src/errors.js';
import type {ProxyOptions} from '../../src/index.js';
import type {UpstreamProviderOptions, UpstreamServerOptions} from '../../src/proxy/open-upstream-option.js';

const sources = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter(name => name.endsWith('.ts'))
  .map(name => ({name: join('src', name), text: readFileSync(join('src', name), 'utf8')}));

test('every option that an error names has a flag or a variable', t => {
  const named = sources.flatMap(({text}) =>
    [...text.matchAll(/the option \\?`([\w.]+)\\?`/g)].map(([, name = '']) => name),
  );
  t.true(named.length > 20);
  t.deepEqual(
    named.filter(name => optionFlags[name] === undefined && !withoutFlag.includes(name)),
    [],
  );
});

/** Options whose values the command line checks itself. */
const withoutFlag = ['mode', 'faults'];

test('every flag and variable of the table is one of a setting, or of a command', t => {
  const known = [
    ...settingList.map(({flag, variables}) => flag ?? variables[0] ?? ''),
    ...['--dialect', '--path', '--replace', '--discard-on-failure', '--upstream provider'],
  ];
  const named = Object.values(optionFlags).flatMap(flags => flags.split(' or '));
  t.deepEqual(
    named.filter(name => !known.includes(name)),
    [],
  );
});

/** Fails to compile when the library has no such option. */
type OptionOf<Options, Prefix extends string = ''> = `${Prefix}${keyof Options & string}`;
const libraryOptions: ReadonlyArray<
  | OptionOf<ProxyOptions>
  | OptionOf<NonNullable<ProxyOptions['keySettings']>, 'keySettings.'>
  | OptionOf<NonNullable<ProxyOptions['media']>, 'media.'>
  | OptionOf<LocalModelOptions | UpstreamServerOptions, 'upstream.'>
  | OptionOf<LocalModelOptions, 'upstream.'>
  | OptionOf<UpstreamServerOptions, 'upstream.'>
  | OptionOf<UpstreamProviderOptions, 'upstream.'>
  | OptionOf<NonNullable<LocalModelOptions['engine']>, 'upstream.engine.'>
> = [
  'cassette',
  'allowModeOverride',
  'allowedHosts',
  'corsOrigins',
  'bodyLimit',
  'keySettings.forwardModel',
  'keySettings.pages',
  'keySettings.maxPages',
  'media.allowedHosts',
  'media.roots',
  'followLinks',
  'holdRecordings',
  'upstream',
  'upstream.provider',
  'upstream.authorization',
  'upstream.gemini',
  'upstream.openai',
  'upstream.anthropic',
  'upstream.maxTokensSpent',
  'upstream.model',
  'upstream.mmproj',
  'upstream.modelUrl',
  'upstream.modelSha256',
  'upstream.mmprojUrl',
  'upstream.mmprojSha256',
  'upstream.llamaServer',
  'upstream.python',
  'upstream.cacheDir',
  'upstreamConcurrency',
  'strictApi',
  'upstream.engine.contextSize',
  'upstream.engine.ubatchSize',
];

/** Options of `listen`, and of functions that only the command line calls. */
const otherOptions = ['port', 'dialect', 'path', 'replace'];

test('the table names options of the library as its types spell them', t => {
  const expected: string[] = [...libraryOptions, ...otherOptions];
  t.deepEqual(Object.keys(optionFlags).sort(), expected.sort());
});

test('no error below the command line names a flag of a setting', t => {
  const flags = settingList.flatMap(({flag}) => (flag === undefined ? [] : [flag]));
  const isMessage = (line: string) => /message|hint|Error\(|['`][A-Z][^'`]* [^'`]*--[a-z]/.test(line);
  const found = sources
    .filter(({name}) => !name.startsWith('src/config/'))
    .flatMap(({name, text}) => text.split('\n').map(line => ({name, line})))
    .filter(({line}) => isMessage(line) && !line.includes('retake run '))
    .filter(({line}) => flags.some(flag => new RegExp(`${flag}(?![\\w-])`).test(line)));
  t.deepEqual(
    found.map(({name, line}) => `${name}: ${line.trim()}`),
    [],
  );
});

test('the command line prints the flag, and the body of an answer names both', t => {
  const hint = 'Raise the option `bodyLimit`, or set the option `upstream.engine.contextSize`.';
  t.is(optionsAsFlags(hint), 'Raise --body-limit, or set --context-size.');
  t.is(optionsAsFlags('Set the option `unheardOf`.'), 'Set the option `unheardOf`.');
  const error = new RetakeError('upstream_rejected', 'No', {hint, status: 418, field: 'a', reason: 'b'});
  t.like(nameFlags(error), {
    code: 'upstream_rejected',
    message: 'No',
    hint: 'Raise the option `bodyLimit` (--body-limit), or set the option `upstream.engine.contextSize` (--context-size).',
    status: 418,
    field: 'a',
    reason: 'b',
  });
});

test('an error that names no option stays the same object', t => {
  const error = new RetakeError('internal', 'No');
  t.is(nameFlags(error), error);
});

test('a text that has flags behind its options gets each flag once', t => {
  const error = new RetakeError('not_found', 'Set the option `upstream.provider`.');
  const named = nameFlags(nameFlags(error)).message;
  t.is(named, 'Set the option `upstream.provider` (--upstream provider).');
  t.is(optionsAsFlags(named), 'Set --upstream provider.');
});
