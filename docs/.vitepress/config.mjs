// The site of the documentation: `npm run docs` builds it into .cache/docs, and fails if a link leads nowhere.
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import {githubSlug} from './github-slug.mjs';

const page = (text, link) => ({text, link});

/** Files that pages link to. */
async function copyLinkedFiles({srcDir, outDir}) {
  await copyFile(join(srcDir, 'reference', 'openapi.json'), join(outDir, 'reference', 'openapi.json'));
  await copyFile(join(srcDir, '..', 'retake.diff.schema.json'), join(outDir, 'retake.diff.schema.json'));
}

// The first view of a page loads NAME.lean.js. VitePress adds these files to the bundle in a way that Vite 8 ignores.
const firstViews = {
  name: 'first-views',
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      const isPage = chunk.type === 'chunk' && chunk.isEntry && chunk.facadeModuleId?.endsWith('.md');
      if (!isPage || this.environment.name === 'ssr') continue;
      const fileName = chunk.fileName.replace(/\.js$/, '.lean.js');
      this.emitFile({type: 'asset', fileName, source: chunk.code});
    }
  },
};

// VitePress assigns to the bundle for each page. `firstViews` does what that is for.
const dropAssignments = (level, log, pass) => {
  if (!log.message?.includes('assigns to bundle variable')) pass(level, log);
};

export default {
  vite: {plugins: [firstViews], build: {rolldownOptions: {onLog: dropAssignments}}},
  markdown: {anchor: {slugify: githubSlug}},
  buildEnd: copyLinkedFiles,
  title: 'retake',
  description: 'Record LLM API calls once and replay them in tests',
  lang: 'en',
  cleanUrls: true,
  outDir: '../.cache/docs',
  cacheDir: '../.cache/vitepress',
  themeConfig: {
    search: {provider: 'local'},
    outline: [2, 3],
    nav: [
      page('Start', '/tutorial'),
      page('Guides', '/providers'),
      page('Reference', '/reference/cli'),
      page('Explanation', '/matching'),
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          page('Install', '/install'),
          page('Tutorial', '/tutorial'),
          page('Which mode do I need?', '/modes'),
          page('Troubleshooting', '/troubleshooting'),
        ],
      },
      {
        text: 'Guides',
        items: [
          page('Test kits', '/kits'),
          page('Vitest', '/vitest'),
          page('Jest', '/jest'),
          page("Node's test runner", '/node-test'),
          page('AVA', '/ava'),
          page('pytest', '/pytest'),
          page('unittest', '/unittest'),
          page('Go', '/go'),
          page('Any other language', '/other-languages'),
          page('Docker', '/docker'),
          page('CI', '/ci'),
          page('GitHub Actions', '/ci/github'),
          page('GitLab CI/CD', '/ci/gitlab'),
          page('Jenkins', '/ci/jenkins'),
          page('Azure Pipelines', '/ci/azure'),
          page('Review a pull request', '/reviewing'),
          page('Record from the real API', '/providers'),
          page('Record from another server', '/upstreams'),
          page('Record a coding agent', '/coding-agents'),
          page('Test failures', '/faults'),
          page('Dates and ids', '/dates-and-ids'),
          page('Secrets', '/secrets'),
          page('Attachments', '/media'),
          page('Inspector', '/inspector'),
          page('Maintain cassettes', '/maintenance'),
          page('Many cassettes', '/large-repositories'),
          page('A shared store', '/scale'),
          page('Migrate from another tool', '/migration'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Command line', '/reference/cli'),
          page('Settings', '/reference/settings'),
          page('Verdicts and exit codes', '/reference/verdicts'),
          page('Error codes', '/reference/errors'),
          page('HTTP and control API', '/reference/http'),
          page('Types of the library', '/reference/library'),
          page('File format', '/reference/file-format'),
          page('SDKs', '/sdks'),
          page('Library', '/library'),
          page('Control API', '/control-api'),
          page('Compatibility', '/compatibility'),
          page('Gemini', '/compatibility/gemini'),
          page('OpenAI', '/compatibility/openai'),
          page('Anthropic', '/compatibility/anthropic'),
        ],
      },
      {
        text: 'Explanation',
        items: [
          page('Which requests match', '/matching'),
          page('Cassettes in git', '/git'),
          page('Architecture', '/architecture'),
          page('Requests to the upstream', '/upstream'),
          page('Tools with Gemma 3', '/tools'),
          page('Performance', '/performance'),
          page('Security', '/security'),
          page('Decisions', '/decisions/'),
        ],
      },
    ],
  },
};
