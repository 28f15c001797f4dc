import {cp, mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {delimiter, join, resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {isContinuousIntegration} from '../../src/config/continuous-integration.js';
import {areInstalled} from '../sdk/contract/run-program.js';
import {goEnvironment} from '../support/go-environment.js';
import {pythonEnvironment} from '../support/python-environment.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {builtPackages} from './tutorial/built-packages.js';

const title = 'the go and python SDKs are installed: run npm run test:sdk -- go, and -- python';
if (areInstalled('go') && areInstalled('python')) tests();
else if (isContinuousIntegration(process.env)) test(title, t => t.fail());
else test.skip(title, t => t.pass());

const python = resolve('.cache/sdk/python/bin/python');

/** Sends a request whose answer is in the demo cassette. */
const demoTest = `package demo

import (
	"net/http"
	"strings"
	"testing"

	"retake.test/retaketest"
)

func TestDemo(t *testing.T) {
	retake := retaketest.Start(t, retaketest.Cassette("demo"))
	body := \`{"model": "gpt-4o", "temperature": 0, "messages": [{"role": "user", "content": "What is the capital of France?"}]}\`
	response, err := http.Post(retake.OpenAI+"/chat/completions", "application/json", strings.NewReader(body))
	if err != nil || response.StatusCode != 200 {
		t.Fatal(response, err)
	}
}
`;

/** An empty project with the demo cassette, and bash in it. */
async function goProject(t: ExecutionContext, environment: Readonly<Record<string, string>>) {
  t.timeout(600_000, 'packages are built and compiled');
  const folder = await temporaryFolder(t);
  const run = (commands: string) =>
    execa('bash', ['-ec', commands], {
      cwd: folder,
      env: {
        ...goEnvironment,
        GOPROXY: 'off',
        ...environment,
      },
      all: true,
    });
  await mkdir(join(folder, 'cassettes'));
  await cp('cassettes/demo.cassette', join(folder, 'cassettes/demo.cassette'));
  await writeFile(join(folder, 'demo_test.go'), demoTest);
  await run('go mod init example.com/demo');
  return {folder, run};
}

/** The commands of the page that tell Go where the module is: with the npm package, and with the Python package. */
async function commandsWithModule(): Promise<readonly string[]> {
  const page = await readFile('docs/go.md', 'utf8');
  const boxes = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, box = '']) => box);
  const others = /^(?:npm install|pip install|RETAKE_MODE=auto go test|go test) .*\n/gm;
  return boxes.filter(box => box.includes('go mod edit')).map(box => box.replaceAll(others, ''));
}

function tests(): void {
  test.serial(
    'a Go project gets the module from the npm package, and starts the program beside it',
    async t => {
      const {tarball} = await builtPackages();
      const {folder, run} = await goProject(t, {RETAKE_BIN: ''});
      const [edit = ''] = await commandsWithModule();
      const modules = join(folder, 'node_modules');
      await mkdir(join(modules, 'retake'), {recursive: true});
      await run(`tar -xzf '${tarball}' -C node_modules/retake --strip-components=1`);
      await symlink(resolve('node_modules/better-sqlite3'), join(modules, 'better-sqlite3'));
      t.regex(edit, /node_modules/);
      await run(`${edit}\ngo vet ./...; go mod verify; go mod tidy`);
      // A program with this name on PATH would fail.
      await writeFile(join(folder, 'retake'), '#!/bin/sh\nexit 9\n', {mode: 0o755});
      const {all} = await run(`PATH="$PWD${delimiter}$PATH" go test -v ./...`);
      t.regex(all, /^--- PASS: TestDemo/m);
    },
  );

  test.serial('a Go project gets the module from the Python package', async t => {
    const {wheel} = await builtPackages();
    const {run} = await goProject(t, {RETAKE_BIN: resolve('dist/bin/retake.js')});
    await execa(python, ['-m', 'zipfile', '-e', wheel, 'wheel'], {cwd: (await run('pwd')).stdout});
    const [, copy = ''] = await commandsWithModule();
    t.regex(copy, /^cp -R /m);
    await run(
      `export PYTHONPATH="$PWD/wheel" PATH="${resolve('.cache/sdk/python/bin')}${delimiter}$PATH"\n${copy}\nrm -r wheel`,
    );
    const {all} = await run('go vet ./...; go test -v ./...');
    t.regex(all, /^--- PASS: TestDemo/m);
  });

  test('the addresses of the Python package are those of the repository in package.json', async t => {
    const folder = await temporaryFolder(t);
    await cp('kits/python', join(folder, 'kits/python'), {recursive: true});
    const urls = async (manifest: object) => {
      await writeFile(
        join(folder, 'package.json'),
        JSON.stringify({version: '1.0.0', ...manifest}).replace('"version":', '"version": '),
      );
      const cwd = join(folder, 'kits/python');
      const {stdout} = await execa(python, ['-m', 'hatchling', 'metadata', 'urls'], {
        cwd,
        env: pythonEnvironment,
      });
      return JSON.parse(stdout);
    };
    t.deepEqual(await urls({}), {});
    t.deepEqual(await urls({repository: {url: 'git+https://example.com/ann/retake.git'}}), {
      Source: 'https://example.com/ann/retake',
      Documentation: 'https://example.com/ann/retake/tree/main/docs',
    });
  });
}
