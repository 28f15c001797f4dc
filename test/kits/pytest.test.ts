import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import fc from 'fast-check';
import {isCassetteName} from '../../src/cassette/cassette-name.js';
import {isContinuousIntegration} from '../../src/config/continuous-integration.js';
import {areInstalled} from '../sdk/contract/run-program.js';
import {explainsChangedPrompt} from '../support/changed-prompt.js';
import {installedWheel, type PythonProject, python, pythonProject} from './python-project.js';
import {noModel, realModel} from './real-model.js';

const pytest = ['-m', 'pytest', '-p', 'no:cacheprovider'];
/** What each run says of the random order of its tests, of its plugins and so on is of no interest. */
const quiet = [...pytest, '-q', '-W', 'ignore'];
const file = 'tests/test_capitals.py';
const cassette = 'tests.test_capitals.cassette';

const title = 'the python SDKs are installed: run npm run test:sdk -- python';
if (areInstalled('python')) tests();
else if (isContinuousIntegration(process.env)) test(title, t => t.fail());
else test.skip(title, t => t.pass());

async function recordedProject(t: ExecutionContext): Promise<PythonProject> {
  const project = await pythonProject(t);
  const {exitCode, output} = await project.run([...quiet, '--retake-update']);
  t.is(exitCode, 0, output);
  t.is(project.asked(), 2);
  return project;
}

function tests(): void {
  test.serial(
    '`pytest --retake-update` records a real model, and `pytest` replays its answers without it',
    async t => {
      const project = await pythonProject(t);
      const recorded = await project.run([...pytest, '--retake-update'], realModel);
      t.is(recorded.exitCode, 0, recorded.output);
      t.deepEqual(await project.cassettes(), [cassette]);

      const replayed = await project.run(pytest, noModel);
      t.is(replayed.exitCode, 0, replayed.output);
      t.regex(replayed.output, /2 passed/);
      t.notRegex(replayed.output, /retake:/);

      await project.edit('src/capitals.py', 'What is the capital', 'Which city is the capital');
      await project.edit(file, 'assert "Italy" in capital_of("Italy")', 'assert capital_of("Italy") is None');
      const changed = await project.run(pytest, noModel);
      t.is(changed.exitCode, 1);
      t.regex(
        changed.output,
        /_ test_the_capital_of_italy _+\nretake: 1 request of this test has no recording/,
      );
      explainsChangedPrompt(t, changed.output);
      t.regex(changed.output, /run: pytest --retake-update tests\/test_capitals\.py/);
      t.is(project.asked(), 0);
    },
  );

  test.serial('before the first recording, each test says how to record', async t => {
    const project = await pythonProject(t);
    const {exitCode, output} = await project.run(quiet);
    t.is(exitCode, 1);
    t.regex(output, /No cassette 'tests\.test_capitals' in cassettes/);
    t.regex(output, /run: pytest --retake-update/);
    const contradiction = await project.run([...quiet, '--retake-update', '--retake-mode', 'replay']);
    t.is(contradiction.exitCode, 4);
    t.regex(contradiction.output, /--retake-update records what is missing, but the mode is replay/);
    t.is(project.asked(), 0);
  });

  test.serial(
    'a removed test leaves its recording unused, which is named after a whole run only',
    async t => {
      const project = await recordedProject(t);
      const partial: readonly (readonly [string, readonly string[]])[] = [
        ['-k', ['-k', 'france']],
        ['a test by name', [`${file}::test_the_capital_of_france`]],
        ['-x', ['-x', '-p', 'no:randomly', '--deselect', `${file}::test_the_capital_of_italy`]],
      ];
      for (const [how, words] of partial)
        t.notRegex((await project.run([...quiet, ...words])).output, /not requested/, how);
      await project.edit(
        file,
        'def test_the_capital_of_italy',
        '@pytest.mark.skip\ndef test_the_capital_of_italy',
      );
      await project.edit(file, 'from capitals', 'import pytest\nfrom capitals');
      t.notRegex(
        (await project.run([...quiet, '--retake-update'])).output,
        /not requested/,
        'a skipped test',
      );
      await project.write(
        file,
        'from capitals import capital_of\n\ndef test_the_capital_of_france():\n    assert "France" in capital_of("France")\n',
      );
      const {exitCode, output} = await project.run(quiet);
      t.is(exitCode, 0, output);
      t.regex(output, /1 recorded answer was not requested by any test of tests\/test_capitals\.py:/);
      t.regex(output, /take 1: What is the capital of Italy\?/);

      const updated = await project.run([...quiet, '--retake-update']);
      t.is(updated.exitCode, 0, updated.output);
      t.regex(updated.output, /take 1: What is the capital of Italy\?\nThey were removed\./);
      const last = await project.run(quiet);
      t.is(last.exitCode, 0);
      t.notRegex(last.output, /not requested/);
      t.is(project.asked(), 2);
    },
  );

  test.serial('google-genai, openai, anthropic and litellm need no change', async t => {
    const project = await pythonProject(t);
    await project.write(
      file,
      `import anthropic, litellm, openai, pytest
from google import genai

clients = openai.OpenAI(), openai.AsyncOpenAI(), anthropic.Anthropic(), genai.Client()
of_openai, of_async, of_anthropic, of_google = clients

def test_openai():
    completion = of_openai.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "one"}])
    assert "one" in completion.choices[0].message.content

@pytest.mark.asyncio
async def test_openai_async():
    messages = [{"role": "user", "content": "two"}]
    completion = await of_async.chat.completions.create(model="gpt-4o", messages=messages)
    assert "two" in completion.choices[0].message.content

def test_anthropic():
    messages = [{"role": "user", "content": "three"}]
    assert "three" in of_anthropic.messages.create(model="claude", max_tokens=99, messages=messages).content[0].text

def test_google():
    assert "four" in of_google.models.generate_content(model="gemini-2.5-flash", contents="four").text

@pytest.mark.parametrize("model", ["openai/gpt-4o", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"])
def test_litellm(model):
    answer = litellm.completion(model=model, messages=[{"role": "user", "content": f"five {model}"}])
    assert f"five {model}" in answer.choices[0].message.content
`,
    );
    const recorded = await project.run([...quiet, '--retake-update']);
    t.is(recorded.exitCode, 0, recorded.output);
    t.is(project.asked(), 7);
    const replayed = await project.run(quiet, {...noModel, HTTP_PROXY: 'http://127.0.0.1:9'});
    t.is(replayed.exitCode, 0, replayed.output);
    t.regex(replayed.output, /7 passed/);
    t.notRegex(replayed.output, /not requested/);
  });

  test.serial('the workers of pytest-xdist share one retake, in any order of the tests', async t => {
    const project = await pythonProject(t);
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      await project.write(
        `tests/test_${name}.py`,
        `import os, pytest
from capitals import capital_of

@pytest.mark.parametrize("number", range(4))
def test_number(number):
    asked = f"${name}{number}" + os.environ.get("CHANGED", "") * (number == 2)
    capital_of(asked)
`,
      );
    }
    const parallel = [...quiet, '-n', '2', ...names.map(name => `tests/test_${name}.py`)];
    const recorded = await project.run([...parallel, '--retake-update']);
    t.is(recorded.exitCode, 0, recorded.output);
    t.deepEqual(
      await project.cassettes(),
      names.map(name => `tests.test_${name}.cassette`),
    );
    t.is(project.asked(), 12);
    const replayed = await project.run(parallel, noModel);
    t.is(replayed.exitCode, 0, replayed.output);
    t.notRegex(replayed.output, /retake:/);
    const changed = await project.run(parallel, {...noModel, CHANGED: 'x'});
    t.is(changed.exitCode, 1);
    t.regex(changed.output, /3 failed, 9 passed/);
    t.is(changed.output.match(/^retake: 1 request of this test has no recording$/gm)?.length, 3);
    t.notRegex(changed.output, /not requested/);
    await project.edit('tests/test_b.py', 'range(4)', 'range(3)');
    const removed = await project.run([...parallel, '--retake-update']);
    t.is(removed.exitCode, 0, removed.output);
    t.regex(
      removed.output,
      /1 recorded answer was not requested by any test of tests\/test_b\.py:\n.*b3\?\nThey were removed/,
    );
    t.notRegex((await project.run(parallel, noModel)).output, /not requested/);
  });

  test.serial('a miss fails its test wherever it happens, and whatever the test expects', async t => {
    const project = await recordedProject(t);
    await project.write(
      file,
      `import pytest
from capitals import capital_of

capital_of("Import")

@pytest.fixture
def ask_before():
    capital_of("Setup")

@pytest.fixture
def ask_after():
    yield
    capital_of("Teardown")

def test_before(ask_before): pass
def test_after(ask_after): pass
@pytest.mark.xfail
def test_xfail(): assert capital_of("Xfail")
def test_skip():
    if not capital_of("Skip"): pytest.skip("no model")
@pytest.fixture
def fails_before():
    assert capital_of("Error")
def test_error(fails_before): pass
def test_known(): assert capital_of("France")
class TestClass:
    def test_in_class(self): capital_of("Class")
`,
    );
    const {exitCode, output} = await project.run([...quiet, '-p', 'no:randomly', '-rA']);
    t.is(exitCode, 1);
    for (const asked of ['Setup', 'Teardown', 'Xfail', 'Skip', 'Error', 'Class'])
      t.is(output.split(`capital of ${asked}?"\n`).length, 2, `${asked}: ${output}`);
    t.regex(output, /4 failed, 2 passed, 2 errors/);
    t.regex(output, /PASSED tests\/test_capitals\.py::test_known/);
    t.regex(output, /ERROR tests\/test_capitals\.py::test_after/);
    t.regex(
      output,
      /retake: 1 request of the run that belongs to no test has no recording\n\nNo cassette 'default'/,
    );
  });

  test.serial('without the setting, tests with the marker or the fixture have a session', async t => {
    const project = await recordedProject(t);
    await project.edit('pyproject.toml', 'retake = true', '');
    await project.write(
      file,
      `import os, subprocess, sys
import openai, pytest

def ask(client=None, text="What is the capital of France?", **options):
    client = client or openai.OpenAI(**options)
    completion = client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": text}], temperature=0)
    return completion.choices[0].message.content

def test_unmarked():
    assert "OPENAI_BASE_URL" not in os.environ

@pytest.mark.retake
def test_marked():
    assert "France" in ask()

def test_fixture(retake):
    assert "France" in ask(openai.OpenAI(base_url=retake.urls.openai))
    assert (retake.cassette, retake.mode) == ("tests.test_capitals", "replay")
    code = "import test_capitals; print(test_capitals.ask())"
    program = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **retake.environment, "PYTHONPATH": os.environ["PYTHONPATH"] + ":tests"}, capture_output=True, text=True, check=True)
    assert "France" in program.stdout

@pytest.mark.retake(cassette="absent")
def test_other_cassette():
    with pytest.raises(openai.NotFoundError):
        ask(max_retries=0)

@pytest.mark.retake(faults=["rate-limit:0.1,times=2"])
class TestFaults:
    def test_retried(self):
        assert "France" in ask(max_retries=2)
    def test_too_few_retries(self):
        with pytest.raises(openai.RateLimitError):
            ask(max_retries=1)
    @pytest.mark.retake(faults=[{"fault": "overloaded"}])
    def test_nearest(self):
        with pytest.raises(openai.InternalServerError):
            ask(max_retries=0)

@pytest.mark.retake(faults=["explode"])
def test_unknown_fault(): pass
`,
    );
    const {exitCode, output} = await project.run([...quiet, '-rA'], noModel);
    t.is(exitCode, 1);
    const passed = ['unmarked', 'marked', 'fixture', 'retried', 'too_few_retries', 'nearest'];
    for (const name of passed) t.regex(output, new RegExp(`PASSED .*::test_${name}\n`));
    t.regex(output, /No cassette 'absent' in cassettes/);
    t.regex(output, /`faults`\[0\].*rate-limit/s);
    t.regex(output, /1 failed, 6 passed, 1 error/);
    await project.edit(file, '@pytest.mark.retake\n', '@pytest.mark.retake("capitals")\n');
    const wrong = await project.run(quiet, noModel);
    t.is(wrong.exitCode, 4);
    t.regex(wrong.output, /the marker retake takes `cassette=` and `faults=`, got 'capitals'/);
  });

  test.serial('under `retake run`, the command of the wheel, the plugin uses the running retake', async t => {
    const project = await recordedProject(t);
    const site = await installedWheel();
    const words = ['-m', 'retake', 'run', '--mode', 'replay', '--', python, ...quiet];
    const {exitCode, output} = await project.run(words, noModel);
    t.is(exitCode, 0, output);
    t.regex(output, /2 requests: 2 replayed/);
    const environment = {PYTHONPATH: site};
    const version = await project.run(
      ['-c', 'from retake._program import main; main()', '--version'],
      environment,
    );
    t.regex(version.output, /^\d+\.\d+\.\d+/);
  });

  test.serial('unittest records and replays with a context manager', async t => {
    const project = await pythonProject(t);
    await project.write(
      'tests/__init__.py',
      `import sys, retake
sys.path.insert(0, "src")
retake.start()
`,
    );
    await project.write(
      file,
      `import os, unittest
import retake
from capitals import capital_of

class CapitalTest(unittest.TestCase):
    def test_france(self):
        with retake.recording(self):
            self.assertIn("France", capital_of("France"))
    def test_changed(self):
        with retake.recording(self) as session:
            self.assertIn("@tests.test_capitals%3Bsession=", session.urls.openai)
            capital_of(os.environ["COUNTRY"])
    def test_fails(self):
        with retake.recording(self, cassette="other"):
            if "Italy" not in (capital_of(os.environ["COUNTRY"]) or ""): raise ValueError("its own error")
    def test_faults(self):
        with retake.recording(self, faults=["server-error"]):
            self.assertIsNone(capital_of("France"))
`,
    );
    const words = ['-m', 'unittest', 'tests.test_capitals'];
    const recorded = await project.run(words, {RETAKE_MODE: 'auto', COUNTRY: 'Italy'});
    t.is(recorded.exitCode, 0, recorded.output);
    t.deepEqual(await project.cassettes(), ['other.cassette', cassette]);
    const replayed = await project.run(words, {...noModel, COUNTRY: 'Italy'});
    t.is(replayed.exitCode, 0, replayed.output);
    const changed = await project.run(words, {...noModel, COUNTRY: 'Spain'});
    t.is(changed.exitCode, 1);
    t.regex(changed.output, /FAIL: test_changed/);
    t.regex(changed.output, /retake\._retake\.CassetteMiss: retake: 1 request of this test has no recording/);
    t.regex(changed.output, /ValueError: its own error[\s\S]*capital of Spain/);
    t.regex(
      changed.output,
      /run: RETAKE_MODE=auto python -m unittest tests\.test_capitals\.CapitalTest\.test_changed/,
    );
    t.regex(changed.output, /failures=2/);
  });

  test.serial('the package has types', async t => {
    const {exitCode, all} = await execa(python, ['-m', 'mypy', '--cache-dir', '/dev/null'], {
      ...{cwd: 'kits/python', all: true, reject: false},
    });
    t.is(exitCode, 0, all);
  });

  test.serial('the name of any path is a valid cassette name of its own', async t => {
    t.timeout(600_000, 'the wheel is built first');
    const usual = [
      'tests/test_chat.py',
      'tests\\test_chat.py',
      'tests/my chat.py',
      'con.py',
      'README.md',
      'a.b/c.py',
    ];
    const segment = fc.oneof(
      fc.string({unit: 'grapheme', minLength: 1, maxLength: 30}),
      fc.constantFrom(
        'src',
        'a.b',
        'a_b',
        'con.py',
        'nul',
        '..',
        '.hidden',
        'x.',
        'x.cassette.py',
        'cassette.py',
        '_x.py',
      ),
    );
    const path = fc.array(segment, {minLength: 1, maxLength: 8}).map(segments => segments.join('/'));
    const paths = [...usual, ...fc.sample(path, 3000)];
    const code = `import json, sys
from retake._cassette_names import cassette_name_of
print(json.dumps([cassette_name_of(path) for path in json.load(sys.stdin)]))`;
    const {stdout} = await execa(python, ['-c', code], {
      input: JSON.stringify(paths),
      env: {PYTHONPATH: await installedWheel(), PYTHONIOENCODING: 'utf-8'},
    });
    const names: string[] = JSON.parse(stdout);
    t.deepEqual(names.slice(0, 2), ['tests.test_chat', 'tests.test_chat']);
    t.deepEqual(
      names.filter(name => !isCassetteName(name)),
      [],
    );
    const pathOf = new Map<string, string>();
    for (const [index, name] of names.entries()) {
      const normal = paths[index]?.replaceAll('\\', '/') ?? '';
      t.is(pathOf.get(name) ?? normal, normal);
      pathOf.set(name, normal);
    }
  });
}
