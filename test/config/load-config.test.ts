import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TypeGuard} from '@sinclair/typebox';
import test, {type ExecutionContext} from 'ava';
import type {Mode} from '../../src/cassette/modes.js';
import {type Config, type Environment, type Flags, loadConfig} from '../../src/config/load-config.js';
import {type Setting, settingList} from '../../src/config/setting-list.js';
import {RetakeError} from '../../src/errors.js';

type Layers = {readonly file?: object; readonly environment?: Environment; readonly flags?: Flags};

/** Loads a configuration from a folder of its own; without CI unless the environment sets it. */
function load(t: ExecutionContext, {file, environment = {}, flags = {}}: Layers): Config {
  const directory = temporaryFolder(t);
  if (file) writeFileSync(join(directory, 'retake.config.json'), JSON.stringify(file));
  return loadConfig({flags, environment, directory});
}

function temporaryFolder(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'retake-config-'));
  t.teardown(() => rmSync(directory, {recursive: true}));
  return directory;
}

function messageOf(t: ExecutionContext, layers: Layers): string {
  const error = t.throws(() => load(t, layers), {instanceOf: RetakeError});
  t.is(error.code, 'invalid_setting');
  return error.message;
}

/** Three values that a setting accepts, none of them its default, as written in the file. */
function samplesOf(setting: Setting): readonly [unknown, unknown, unknown] {
  const {schema, name} = setting;
  if (TypeGuard.IsBoolean(schema)) return [true, false, true];
  if (name === 'missStatus') return [404, 422, 409];
  if (TypeGuard.IsInteger(schema) || TypeGuard.IsNumber(schema)) return [111, 112, 113];
  if (TypeGuard.IsArray(schema)) {
    if (name === 'ignore') return [[{pattern: 'a'}], [{pattern: 'b'}], [{pattern: 'c'}]];
    if (name === 'faults') return [[{fault: 'cut'}], [{fault: 'slow'}], [{fault: 'timeout', times: 2}]];
    if (name === 'redact') return [[{name: 'a', pattern: 'a'}], [], [{name: 'b', pattern: 'b'}]];
    return setting.places.path === 'always' ? [['/a'], ['/b'], ['/c', '/d']] : [['a'], ['b'], ['c', 'd']];
  }
  if (TypeGuard.IsUnion(schema)) {
    const literals = schema.anyOf.filter(TypeGuard.IsLiteral).map(member => member.const);
    if (literals.length === 2) return [literals[1], literals[0], literals[1]];
    const [first, second = 2, third = 3] = literals;
    return [first, second, third];
  }
  if (name === 'fault') return ['cut', 'slow:1', 'timeout,times=3'];
  if (/sha256/i.test(name)) return ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)];
  if (/url$|^upstream(?!AuthHeader)/i.test(name)) return ['http://a', 'http://b', 'http://c'];
  return ['/a', '/b', '/c'];
}

function settingIn(config: Config, {path: [first, member]}: Setting): unknown {
  const value: unknown = Reflect.get(config, first);
  return member === undefined ? value : Reflect.get(Object(value), member);
}

function inFile({path: [first, member]}: Setting, value: unknown): object {
  return {[first]: member === undefined ? value : {[member]: value}};
}

function asText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

const precedence = test.macro({
  title: (_, setting: Setting) =>
    `${setting.name}: the file overrides defaults, the environment overrides the file, flags override all`,
  exec(t, setting: Setting) {
    const {name, flag, variables, inFile: isInFile, schema} = setting;
    const [a, b, c] = samplesOf(setting);
    const layers: Layers[] = [{}];
    if (isInFile) layers.push({...layers.at(-1), file: inFile(setting, a)});
    for (const variable of variables.toReversed()) {
      const {environment} = layers.at(-1) ?? {};
      layers.push({...layers.at(-1), environment: {...environment, [variable]: asText(b)}});
    }
    if (flag !== undefined) {
      layers.push({...layers.at(-1), flags: {[name]: TypeGuard.IsBoolean(schema) ? c === true : asText(c)}});
    }
    t.true(layers.length > 1, 'it can be given somewhere');
    for (const layer of layers) {
      const {file, environment, flags} = layer;
      const expected = flags ? c : environment ? b : file ? a : undefined;
      const got = settingIn(load(t, layer), setting);
      if (expected !== undefined) t.deepEqual(got, expected);
      else if (schema.default !== undefined && setting.places.path === undefined)
        t.deepEqual(got, schema.default);
    }
  },
});

for (const setting of settingList) test(precedence, setting);

test('every setting has a description and a unique flag, variable and file member', t => {
  const flags = settingList.map(({flag}) => flag).filter(flag => flag !== undefined);
  const variables = settingList.flatMap(setting => setting.variables);
  t.deepEqual(flags, [...new Set(flags)]);
  t.deepEqual(variables, [...new Set(variables)]);
  for (const {schema, name} of settingList) t.truthy(schema.description, name);
});

const mode = test.macro({
  title: (_, ci: string | undefined, expected: Mode) => `with CI=${ci ?? '(unset)'} the mode is ${expected}`,
  exec(t, ci: string | undefined, expected: Mode) {
    t.is(load(t, {environment: {CI: ci}}).mode, expected);
  },
});
test(mode, undefined, 'auto');
test(mode, '', 'auto');
test(mode, '0', 'auto');
test(mode, 'false', 'auto');
test(mode, 'true', 'replay');
test(mode, '1', 'replay');
test(mode, 'woodpecker', 'replay');

test('an explicit mode overrides CI', t => {
  t.is(load(t, {environment: {CI: 'true', RETAKE_MODE: 'auto'}}).mode, 'auto');
  t.is(load(t, {environment: {CI: 'true'}, file: {mode: 'record'}}).mode, 'record');
});

const refusal = test.macro({
  title: (_, layers: Layers) => `refuses ${JSON.stringify(layers)}`,
  exec(t, layers: Layers, pattern: RegExp) {
    t.regex(messageOf(t, layers), pattern);
  },
});
test(refusal, {file: {pcae: 1}}, /^Unknown setting `pcae` in .*retake\.config\.json; did you mean `pace`\?$/);
test(
  refusal,
  {file: {engine: {contextsize: 1}}},
  /^Unknown setting `engine\.contextsize` in .*; did you mean `engine\.contextSize`\?$/,
);
test(refusal, {file: {somethingElseEntirely: 1}}, /^Unknown setting `somethingElseEntirely` in \S+$/);
test(
  refusal,
  {file: {pace: -1}},
  /^Expected `pace` \(in .*retake\.config\.json\) to be `instant`, `recorded` or a number greater than 0, got `-1` \(number\)$/,
);
test(
  refusal,
  {environment: {RETAKE_PACE: 'slow'}},
  /^Expected `pace` \(RETAKE_PACE\) to be .*, got `slow` \(string\)$/,
);
test(
  refusal,
  {flags: {port: '65536'}},
  /^Expected `port` \(--port\) to be a whole number from 0 to 65535, got `65536` \(number\)$/,
);
test(refusal, {flags: {port: '80.5'}}, /to be a whole number from 0 to 65535, got `80\.5`/);
test(refusal, {flags: {port: ''}}, /to be a whole number from 0 to 65535, got `` \(string\)$/);
test(
  refusal,
  {environment: {RETAKE_QUIET: 'yes'}},
  /^Expected `quiet` \(RETAKE_QUIET\) to be `true` or `false`, got `yes` \(string\)$/,
);
test(refusal, {file: {port: '8090'}}, /^Expected `port` .* got `8090` \(string\)$/);
test(refusal, {file: {engine: 3}}, /^Expected `engine` \(in .*\) to be an object, got `3` \(number\)$/);
test(
  refusal,
  {file: {allowedHosts: ['a', 3]}},
  /^Expected `allowedHosts\[1\]` \(in .*\) to be a text that is not empty, got `3` \(number\)$/,
);
test(refusal, {file: {ignore: [{pointer: 'turns'}]}}, /^Expected `ignore\[0\]` /);
test(
  refusal,
  {file: {redact: [{name: 'a'}]}},
  /^Expected `redact\[0\]\.pattern` \(in .*\) to be .*, got nothing$/,
);
test(
  refusal,
  {file: {redact: [{name: 'a', pattern: 'b', patern: 'c'}]}},
  /^Expected no `redact\[0\]\.patern` /,
);
test(
  refusal,
  {file: {ignore: [{pointer: '/a'}, {pattern: '('}]}},
  /^Expected `ignore\[1\]\.pattern` \(in .*\) to be a regular expression, got `\(`: /,
);
test(
  refusal,
  {file: {faults: [{fault: 'cut'}, {fault: 'cutt'}]}},
  /^Expected `faults\[1\]\.fault` \(in .*\) to be one of rate-limit, .*, max-tokens, got "cutt"$/,
);
test(refusal, {flags: {fault: 'slow:x'}}, /^Expected `fault` \(--fault\) to be slow:FIRST\/BETWEEN in /);
test(
  refusal,
  {file: {faults: [{match: {txt: 'a'}, fault: 'cut'}]}},
  /^Expected no `faults\[0\]\.match\.txt` /,
);
test(refusal, {file: {faults: [{fault: 'cut', times: 0}]}}, /^Expected `faults\[0\]\.times` /);
test(
  refusal,
  {file: {redact: [{name: 'a', pattern: '\\p{Nonsense}'}]}},
  /^Expected `redact\[0\]\.pattern` .* regular expression/,
);
test(
  refusal,
  {environment: {MODEL_SHA256: 'abc'}},
  /^Expected `modelSha256` \(MODEL_SHA256\) to be 64 hexadecimal digits, got `abc` \(string\)$/,
);
test(
  refusal,
  {environment: {LK_UPSTREAM: 'gpu:8000'}},
  /^Expected `upstream` \(LK_UPSTREAM\) to be provider, or an address that begins with http/,
);
test(
  refusal,
  {environment: {LK_CTX_SIZE: 'big'}},
  /^Expected `engine\.contextSize` \(LK_CTX_SIZE\) to be `auto` or a whole number/,
);
test(
  refusal,
  {flags: {upstream: 'http://a', model: 'gemma3-4b'}},
  /^Expected `upstream` \(--upstream\) or `model` \(--model\), got both$/,
);
test(
  refusal,
  {file: {upstreamAuthHeader: 'Bearer secret'}},
  /^`upstreamAuthHeader` must not be written into .*retake\.config\.json$/,
);

test('an invalid secret is not printed', t => {
  const error = t.throws(() => load(t, {file: {upstreamAuthHeader: 'Bearer hush'}}));
  t.false(`${error?.message} ${String(Reflect.get(Object(error), 'hint'))}`.includes('hush'));
});

test('a file that is not JSON is reported by its path', t => {
  const directory = temporaryFolder(t);
  writeFileSync(join(directory, 'retake.config.json'), '{"port": }');
  const error = t.throws(() => loadConfig({flags: {}, environment: {}, directory}), {
    instanceOf: RetakeError,
  });
  t.regex(error?.message ?? '', /retake\.config\.json is not valid JSON: /);
});

test('a file given by name must exist', t => {
  const directory = temporaryFolder(t);
  const load = () => loadConfig({flags: {}, environment: {}, directory, file: 'other.json'});
  t.regex(t.throws(load, {instanceOf: RetakeError})?.message ?? '', /other\.json cannot be read: ENOENT/);
});

test('the file is found from a subfolder, and its paths are relative to its folder', t => {
  const directory = temporaryFolder(t);
  const below = join(directory, 'packages', 'app');
  mkdirSync(below, {recursive: true});
  writeFileSync(
    join(directory, 'retake.config.json'),
    '{"$schema": "x", "cassette": "recordings/a.cassette"}',
  );
  const config = loadConfig({flags: {}, environment: {}, directory: below});
  t.is(config.file, join(directory, 'retake.config.json'));
  t.is(config.cassette, join(directory, 'recordings', 'a.cassette'));
  const flagged = loadConfig({flags: {cassette: 'b.cassette'}, environment: {}, directory: below});
  t.is(flagged.cassette, join(below, 'b.cassette'));
});

test('a model is a path only if it looks like one', t => {
  const directory = temporaryFolder(t);
  const modelOf = (model: string) => loadConfig({flags: {model}, environment: {}, directory}).model;
  t.is(modelOf('gemma3-270m'), 'gemma3-270m');
  t.is(modelOf('my.gguf'), join(directory, 'my.gguf'));
  t.is(modelOf('models/my'), join(directory, 'models', 'my'));
});

test('an empty variable counts as unset', t => {
  t.is(load(t, {environment: {RETAKE_PORT: '', LK_UPSTREAM: '', RETAKE_NONSENSE: ''}}).port, 8090);
});

test('an upstream in the environment overrides the model that the image sets there', t => {
  const environment = {LK_UPSTREAM: 'http://gpu:8000', RETAKE_MODEL: 'gemma3-4b'};
  t.like(load(t, {environment}), {upstream: 'http://gpu:8000', model: undefined});
});

test('the upstream kind closest to the command line replaces the other kind', t => {
  const external = load(t, {
    file: {model: 'gemma3-4b', mmproj: 'a.gguf'},
    environment: {LK_UPSTREAM: 'http://gpu'},
  });
  t.like(external, {upstream: 'http://gpu', model: undefined, mmproj: undefined});
  const local = load(t, {environment: {LK_UPSTREAM: 'http://gpu'}, flags: {model: 'gemma3-270m'}});
  t.like(local, {upstream: undefined, model: 'gemma3-270m'});
});

test('key settings are passed on only if they are given', t => {
  t.deepEqual(load(t, {}).keySettings, {});
  t.deepEqual(load(t, {flags: {forwardModel: false}}).keySettings, {forwardModel: false});
  t.deepEqual(load(t, {file: {ignore: [{pointer: '/sampling/seed'}]}}).keySettings, {
    ignore: [{pointer: '/sampling/seed'}],
  });
});
