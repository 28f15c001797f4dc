import type {ExecutionContext} from 'ava';
import type {ExampleProject} from '../kits/example-project.js';

type Commands = {
  /** What begins the test file: it defines `urls`, with the fault `rate-limit,times=1`. */
  readonly beginning: string;
  readonly record: readonly string[];
  readonly replay: readonly string[];
};

/** Checks that each test of a file gets the faults of the file, for a framework with `test` and `expect`. */
export async function testsGetFaultsOfTheirFile(
  t: ExecutionContext,
  project: ExampleProject,
  {beginning, record, replay}: Commands,
): Promise<void> {
  await project.write(
    'src/capitals.test.js',
    `${beginning}
     const ask = () => fetch(urls.openai + '/chat/completions', {
       method: 'POST',
       headers: {'content-type': 'application/json'},
       body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: 'Hi'}]}),
     });
     for (const name of ['a', 'b'])
       test(name, async () => {
         expect((await ask()).status).toBe(429);
         expect((await ask()).status).toBe(200);
       });`,
  );
  const recorded = await project.run(record);
  t.is(recorded.exitCode, 0, recorded.output);
  const {exitCode, output} = await project.run(replay, {RETAKE_UPSTREAM: ''});
  t.is(exitCode, 0, output);
}
