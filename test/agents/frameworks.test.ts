import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {agentScript} from './agent-script.js';
import {agentsFolder, areInstalled, type RecordedSession, recordAndReplay} from './recorded-session.js';

/** The names of test/agents/programs/main.mjs. */
const frameworks = [
  ...['AI SDK 5, OpenAI', 'AI SDK 5, Anthropic', 'AI SDK 5, Google'],
  ...['AI SDK 6, OpenAI', 'AI SDK 6, Anthropic', 'AI SDK 6, Google'],
  ...['AI SDK 7, OpenAI', 'AI SDK 7, Anthropic', 'AI SDK 7, Google'],
  ...['Anthropic tool runner', 'openai-agents'],
  ...['LangChain, OpenAI', 'LangChain, Anthropic', 'LangChain, Google'],
];

const script = agentScript({tool: 'read_notes', calls: [{file: 'notes.txt'}]});
const asInstalled = ['--preserve-symlinks', '--preserve-symlinks-main'];
const main = join(agentsFolder, 'programs', 'main.mjs');

const declare = areInstalled ? test.serial : test.serial.skip;
let session: RecordedSession | undefined;

declare('every framework is recorded and replayed', async t => {
  t.timeout(300_000);
  const program = {command: () => [process.execPath, ...asInstalled, main, ...frameworks]};
  session = await recordAndReplay(t, program, script);
  t.is(session.requests.length, 2 * frameworks.length);
});

for (const name of frameworks)
  declare(`${name}: a tool loop has the same answer when it is replayed`, t => {
    const {recorded = '{}', replayed = '{}'} = session ?? {};
    t.is(JSON.parse(recorded)[name], 'The tool said apple.');
    t.is(JSON.parse(replayed)[name], 'The tool said apple.');
  });

declare(
  'openai-agents with OpenAIConversationsSession: two questions of one conversation are recorded and replayed',
  async t => {
    t.timeout(120_000);
    const program = join(agentsFolder, 'programs', 'conversations-session.mjs');
    const command = [process.execPath, ...asInstalled, program];
    const {recorded, replayed, requests} = await recordAndReplay(t, {command: () => command}, script);
    t.is(
      recorded,
      'The tool said apple.\nThe tool said apple.\nuser function_call function_call_result assistant user assistant\n',
    );
    t.is(replayed, recorded);
    const roles = requests.map(({body}) => body.messages.map(({role}: {role: string}) => role).join(' '));
    t.deepEqual(roles, [
      'system user',
      'system user assistant tool',
      'system user assistant tool assistant user',
    ]);
  },
);

const python = fileURLToPath(new URL('../../../.cache/sdk/python/bin/python', import.meta.url));
const toolRunner = fileURLToPath(new URL('../../../test/agents/programs/tool_runner.py', import.meta.url));
const declarePython = existsSync(python) ? test.serial : test.serial.skip;

declarePython('Anthropic tool runner for Python: a tool loop is recorded and replayed', async t => {
  t.timeout(120_000);
  const {recorded, replayed} = await recordAndReplay(t, {command: () => [python, toolRunner]}, script);
  t.is(recorded, 'The tool said apple.\n');
  t.is(replayed, recorded);
});
