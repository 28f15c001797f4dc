import {join} from 'node:path';
import test from 'ava';
import {agentScript, type ToolScript} from './agent-script.js';
import {type AgentProgram, agentsFolder, areInstalled, recordAndReplay} from './recorded-session.js';

const packages = join(agentsFolder, 'node_modules');
const question = 'Which word is in notes.txt? Use the shell.';
const commands = ['cat notes.txt', 'grep apple notes.txt'];

/** Each agent, in the way that docs/coding-agents.md tells. */
const agents: Readonly<Record<string, {program: AgentProgram; script: ToolScript}>> = {
  'Claude Code': {
    program: {
      command: () => [
        ...[process.execPath, join(packages, '@anthropic-ai/claude-code/cli-wrapper.cjs')],
        ...['--print', question, '--allowedTools', 'Bash'],
      ],
      environment: {CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1'},
    },
    script: {tool: 'Bash', calls: commands.map(command => ({command, description: 'Read the notes'}))},
  },
  Codex: {
    program: {
      command: () => [
        ...['sh', '-c'],
        // The address is known when the command runs.
        `exec "$0" "$1" exec --dangerously-bypass-approvals-and-sandbox -c model_provider=retake -c "model_providers.retake={name='retake',base_url='$OPENAI_BASE_URL',env_key='OPENAI_API_KEY',wire_api='responses'}" "$2"`,
        ...[process.execPath, join(packages, '@openai/codex/bin/codex.js'), question],
      ],
    },
    script: {
      tool: 'exec',
      calls: commands.map(cmd => ({
        input: `const {output} = await tools.exec_command({cmd: ${JSON.stringify(cmd)}});\ntext(output);`,
      })),
    },
  },
  'Gemini CLI': {
    program: {
      command: () => [
        ...[process.execPath, join(packages, '@google/gemini-cli/bundle/gemini.js')],
        ...['--prompt', question, '--yolo', '--skip-trust', '--model', 'gemini-2.5-flash'],
      ],
      home: {'.gemini/settings.json': '{"security": {"auth": {"selectedType": "gemini-api-key"}}}'},
    },
    script: {
      tool: 'run_shell_command',
      calls: commands.map(command => ({command, description: 'Read the notes'})),
    },
  },
};

for (const [name, {program, script}] of Object.entries(agents)) {
  const declare = areInstalled ? test.serial : test.serial.skip;
  declare(`${name} is recorded once, and replayed elsewhere on another day`, async t => {
    t.timeout(300_000);
    const {recorded, replayed, requests} = await recordAndReplay(t, program, agentScript(script));
    t.regex(recorded, /The tool said apple\./);
    t.regex(replayed, /The tool said apple\./);
    // What differs is really in the requests.
    const asked = requests.map(({text}) => text).join('\n');
    t.regex(asked, /desk\/project/);
    t.true(requests.length > script.calls.length, `${requests.length} requests`);
  });
}
