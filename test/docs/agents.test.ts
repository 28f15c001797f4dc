import {readFileSync} from 'node:fs';
import test from 'ava';

const {dependencies}: {dependencies: Readonly<Record<string, string>>} = JSON.parse(
  readFileSync('scripts/agents/package.json', 'utf8'),
);

/** The programs of the tables, by the names of their packages. */
const programs: Readonly<Record<string, string>> = {
  'Claude Code': '@anthropic-ai/claude-code',
  Codex: '@openai/codex',
  'Gemini CLI': '@google/gemini-cli',
  'AI SDK 5': 'ai-5',
  'AI SDK 6': 'ai-6',
  'AI SDK 7': 'ai-7',
  'tool runner of @anthropic-ai/sdk': '@anthropic-ai/sdk',
  '@openai/agents': '@openai/agents',
  'LangChain (`createAgent`)': 'langchain',
};

/** The first two cells of each row: a program and its version. */
function versionsIn(page: string): ReadonlyMap<string, string> {
  const rows = readFileSync(page, 'utf8').matchAll(/^\| ([^|]+) \| (\d[\w.]+) \|/gm);
  return new Map([...rows].map(([, name = '', version = '']) => [name, version]));
}

test('the pages have the versions of the agents that are tested', t => {
  const versions = versionsIn('docs/sdks.md');
  for (const [name, dependency] of Object.entries(programs)) {
    const version = dependencies[dependency]?.replace(/^npm:.*@/, '');
    t.is(versions.get(name), version, name);
  }
  const [, python] =
    /^anthropic==(\S+)/m.exec(readFileSync('test/sdk/python/requirements.txt', 'utf8')) ?? [];
  t.is(versions.get('tool runner of anthropic for Python'), python);
  const guide = [...versionsIn('docs/coding-agents.md')];
  t.deepEqual(
    guide,
    [...versions].filter(([name]) => guide.some(([told]) => told === name)),
  );
  t.is(guide.length, 3);
});
