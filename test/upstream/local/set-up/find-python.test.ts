import {chmod, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {RetakeError} from '../../../../src/errors.js';
import {findPython} from '../../../../src/upstream/local/set-up/find-python.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

type Installed = Readonly<Record<string, {minor: number; complete?: boolean}>>;

const finds = test.macro({
  async exec(t, installed: Installed, found: string) {
    t.is(await findPython(undefined, await pathWith(t, installed)), found);
  },
  title: (_, installed, found) => `of ${JSON.stringify(installed)} ${found} is used`,
});

test(finds, {python3: {minor: 11}}, 'python3');
test(finds, {python: {minor: 10}}, 'python');
test(finds, {python3: {minor: 9}, 'python3.12': {minor: 12}}, 'python3.12');
test(finds, {python3: {minor: 11, complete: false}, python: {minor: 12}}, 'python');

const reports = test.macro({
  async exec(t, installed: Installed, given: string | undefined, message: RegExp, hint: RegExp) {
    const error = await t.throwsAsync(findPython(given, await pathWith(t, installed)), {
      instanceOf: RetakeError,
    });
    t.is(error.code, 'setup_failed');
    t.regex(error.message, message);
    t.regex(error.hint ?? '', hint);
  },
  title: (title = '') => `${title} is reported`,
});

test('no Python at all', reports, {}, undefined, /no working python3 on PATH/, /apt install python3/);
test(
  'a Python that is too old',
  reports,
  {python3: {minor: 9}},
  undefined,
  /3\.10 or newer, but python3 is 3\.9/,
  /the option `upstream\.python`/,
);
test(
  'a missing venv',
  reports,
  {python3: {minor: 11, complete: false}},
  undefined,
  /has no venv module/,
  /apt install python3-venv/,
);
test(
  'a RETAKE_PYTHON that cannot be run',
  reports,
  {python3: {minor: 11}},
  'python4',
  /the option `upstream\.python` .* `python4` cannot be run/,
  /./,
);

/** A PATH with nothing but programs that answer as these Pythons would. */
async function pathWith(t: ExecutionContext, installed: Installed): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const [name, {minor, complete = true}] of Object.entries(installed)) {
    const answer = JSON.stringify({major: 3, minor, complete});
    await writeFile(join(folder, name), `#!/bin/sh\necho '${answer}'\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}
