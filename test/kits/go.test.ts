import {chmod, cp, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {isContinuousIntegration} from '../../src/config/continuous-integration.js';
import {areInstalled} from '../sdk/contract/run-program.js';
import {explainsChangedPrompt} from '../support/changed-prompt.js';
import {goEnvironment} from '../support/go-environment.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {type ProjectCopy, projectCopy} from './project-copy.js';
import {noModel, realModel} from './real-model.js';

type GoProject = ProjectCopy & {
  /** Runs `go test`, with what the tests of the SDKs have fetched and compiled. */
  test(
    words?: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): ReturnType<ProjectCopy['run']>;
};

const title = 'the go SDKs are installed: run npm run test:sdk -- go';
if (areInstalled('go')) tests();
else if (isContinuousIntegration(process.env)) test(title, t => t.fail());
else test.skip(title, t => t.pass());

const france = 'TestTheCapitalOfFrance';

const mainTest = `package chat

import (
	"testing"

	"retake.test/retaketest"
)

func TestMain(m *testing.M) { retaketest.Main(m) }
`;

const chatTest = `package chat

import (
	"context"
	"os"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"retake.test/retaketest"
)

func ask(client openai.Client, text string) error {
	_, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
		Model:    "gpt-4o",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(text)},
	})
	return err
}

func clientOf(retake *retaketest.Session) openai.Client {
	return openai.NewClient(option.WithBaseURL(retake.OpenAI), option.WithMaxRetries(0))
}

func TestParallel(t *testing.T) {
	for name, text := range map[string]string{"France": "France", "Italy": "Italy", "Spain": os.Getenv("SPAIN")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_ = ask(clientOf(retaketest.Start(t)), text)
		})
	}
}

func TestOuter(t *testing.T) {
	client := clientOf(retaketest.Start(t))
	_ = ask(client, "Italy")
	t.Run("inner misses", func(t *testing.T) {
		retaketest.Start(t)
		_ = ask(client, os.Getenv("PERU"))
	})
	t.Run("inner knows", func(t *testing.T) {
		retaketest.Start(t)
		_ = ask(client, "France")
	})
}

// The client knows nothing of retake.
func TestShared(t *testing.T) {
	retaketest.Start(t)
	_ = ask(openai.NewClient(), os.Getenv("PERU"))
}

func TestSetenv(t *testing.T) {
	retaketest.Start(t).Setenv()
	if err := ask(openai.NewClient(), "France"); err != nil {
		t.Error(err)
	}
}

func TestFaults(t *testing.T) {
	retake := retaketest.Start(t, retaketest.Faults("rate-limit,times=1", map[string]any{"fault": "overloaded"}))
	for range 2 {
		if err := ask(clientOf(retake), "France"); err == nil {
			t.Error("no fault")
		}
	}
}

func TestNamed(t *testing.T) {
	if err := ask(clientOf(retaketest.Start(t, retaketest.Cassette("named"))), "France"); err != nil {
		t.Error(err)
	}
}
`;

async function writeExecutable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

async function goProject(t: ExecutionContext): Promise<GoProject> {
  t.timeout(900_000, 'the packages are compiled first');
  const project = await projectCopy(t, 'go');
  const module = 'kits/go/retaketest';
  await project.edit('go.mod', `../../../${module}`, resolve(module));
  return {
    ...project,
    test: (words = [], environment = {}) =>
      project.run('go', ['test', ...words, './...'], {
        ...goEnvironment,
        RETAKE_BIN: resolve('dist/bin/retake.js'),
        ...environment,
      }),
  };
}

function tests(): void {
  test.serial('`go test` records a real model, and replays its answers without it', async t => {
    const project = await goProject(t);
    const before = await project.test([], noModel);
    t.is(before.exitCode, 1);
    t.regex(before.output, /No cassette 'capitals_test' in cassettes/);

    const recorded = await project.test([], {...realModel, RETAKE_MODE: 'auto'});
    t.is(recorded.exitCode, 0, recorded.output);
    t.deepEqual(await project.cassettes(), ['capitals_test.cassette']);
    const replayed = await project.test([], noModel);
    t.is(replayed.exitCode, 0, replayed.output);
    t.notRegex(replayed.output, /retake:/);

    await project.edit('capitals_test.go', '!strings.Contains(answer, "Italy")', 'answer != ""');
    await project.edit('capitals.go', 'What is the capital', 'Which city is the capital');
    const changed = await project.test([], noModel);
    t.is(changed.exitCode, 1);
    t.regex(
      changed.output,
      /--- FAIL: TestTheCapitalOfItaly .*\n.* retake: 1 request of this test has no recording/,
    );
    explainsChangedPrompt(t, changed.output);
    t.regex(changed.output, /run: RETAKE_MODE=auto go test \. -run '\^TestTheCapitalOfItaly\$'/);

    await project.edit('capitals.go', 'Which city is the capital', 'What is the capital');
    const filtered = await project.test(['-v', '-run', france], noModel);
    t.notRegex(filtered.output, /not requested/);
    await project.edit('capitals_test.go', 'func TestTheCapitalOfItaly', 'func removed');
    const removed = await project.test(['-v'], noModel);
    t.is(removed.exitCode, 0, removed.output);
    t.regex(removed.output, /1 recorded answer was not requested by any test of capitals_test\.go:/);
    t.regex(removed.output, /take 1: What is the capital of Italy\?/);
    t.is(project.asked(), 0);
  });

  test.serial('parallel tests and subtests each fail for their own requests', async t => {
    const project = await goProject(t);
    await mkdir(join(project.folder, 'internal/chat'), {recursive: true});
    await project.write('internal/chat/main_test.go', mainTest);
    await project.write('internal/chat/chat_test.go', chatTest);
    const recorded = await project.test([], {RETAKE_MODE: 'auto', SPAIN: 'Spain', PERU: 'Peru'});
    t.is(recorded.exitCode, 0, recorded.output);
    t.deepEqual(await project.cassettes(), [
      'capitals_test.cassette',
      'internal.chat.chat_test.cassette',
      'named.cassette',
    ]);
    const settings = {RETAKE_UPSTREAM: '', SPAIN: 'Spain', PERU: 'Peru'};
    const replayed = await project.test(['-v'], settings);
    t.is(replayed.exitCode, 0, replayed.output);
    t.notRegex(replayed.output, /retake:/);
    const cached = await project.test([], settings);
    t.is((await project.test([], settings)).output.match(/\(cached\)/g)?.length, 2, cached.output);
    await cp(
      join(project.folder, 'cassettes/named.cassette'),
      join(project.folder, 'cassettes/internal.chat.chat_test.cassette'),
    );
    const replaced = await project.test([], settings);
    t.is(replaced.exitCode, 1, 'another cassette makes a cached result invalid');

    await project.test([], {RETAKE_MODE: 'auto', SPAIN: 'Spain', PERU: 'Peru'});
    const asked = project.asked();
    const changed = await project.test(['-v'], {...settings, SPAIN: 'Spain x', PERU: 'Peru x'});
    t.is(changed.exitCode, 1);
    for (const name of ['TestParallel/Spain', 'TestOuter/inner_misses', 'TestShared'])
      t.regex(changed.output, new RegExp(`--- FAIL: ${name} `), name);
    for (const name of [
      'TestParallel/France',
      'TestParallel/Italy',
      'TestOuter/inner_knows',
      'TestFaults',
      'TestNamed',
    ])
      t.regex(changed.output, new RegExp(`--- PASS: ${name} `), name);
    t.is(changed.output.match(/retake: 1 request of this test has no recording/g)?.length, 4);
    t.is(project.asked(), asked);
  });

  test.serial('the program is found by RETAKE_BIN, on PATH, or by npx', async t => {
    const project = await goProject(t);
    const missing = await project.test([], {...noModel, RETAKE_BIN: '/nowhere/retake'});
    t.is(missing.exitCode, 1);
    t.regex(missing.output, /RETAKE_BIN does not name a program/);
    const goFolder = (await project.run('go', ['env', 'GOROOT'])).output.trim();
    const without = {...noModel, RETAKE_BIN: '', PATH: `${goFolder}/bin:/usr/bin:/bin`};
    const bin = await temporaryFolder(t);
    // Stands for the command that npm or pip installs.
    for (const name of ['npx', 'retake']) {
      const path = join(bin, name);
      const script = `#!/bin/sh\necho "$0 $*" >> ${bin}/started\n[ "$1" = --yes ] && shift 2\nexec ${process.execPath} ${resolve('dist/bin/retake.js')} "$@"\n`;
      await writeExecutable(path, script);
      const {exitCode, output} = await project.test([], {...without, PATH: `${bin}:${without.PATH}`});
      t.is(exitCode, 1, output);
      t.regex(output, /No cassette 'capitals_test' in cassettes/);
    }
    const [npx = '', retake = ''] = (await readFile(join(bin, 'started'), 'utf8')).split('\n');
    const {version} = JSON.parse(await readFile('package.json', 'utf8'));
    t.true(npx.startsWith(`${bin}/npx --yes retake@${version} serve `), npx);
    t.true(retake.startsWith(`${bin}/retake serve `), retake);
  });

  test.serial('under `retake run`, the kit uses the running retake', async t => {
    const project = await goProject(t);
    await project.test([], {RETAKE_MODE: 'auto'});
    const words = [resolve('dist/bin/retake.js'), 'run', '--mode', 'replay', '--', 'go', 'test', './...'];
    const {exitCode, output} = await project.run(process.execPath, words, {
      ...noModel,
      ...goEnvironment,
    });
    t.is(exitCode, 0, output);
    t.regex(output, /2 requests: 2 replayed/);
  });

  test.serial('the module is vetted and formatted, and its names of cassettes are valid', async t => {
    const project = await goProject(t);
    const module = resolve('kits/go/retaketest');
    for (const words of [
      ['vet', './...'],
      ['test', './...'],
    ]) {
      const {exitCode, output} = await project.run('go', ['-C', module, ...words], goEnvironment);
      t.is(exitCode, 0, output);
    }
    const folders = [module, resolve('examples/kits/go')];
    t.is((await project.run('gofmt', ['-l', ...folders], goEnvironment)).output, '');
  });
}
