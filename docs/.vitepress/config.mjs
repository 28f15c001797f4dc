// The site of the documentation: `npm run docs` builds it into .cache/docs, and fails if a link leads nowhere.
const page = (text, link) => ({text, link});

export default {
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
      page('Start', '/install'),
      page('Guides', '/providers'),
      page('Reference', '/reference/cli'),
      page('Explanation', '/matching'),
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          page('Install', '/install'),
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
          page('pytest and unittest', '/pytest'),
          page('Go', '/go'),
          page('CI', '/ci'),
          page('Review a pull request', '/reviewing'),
          page('Record from the real API', '/providers'),
          page('Record from another server', '/upstreams'),
          page('Record a coding agent', '/coding-agents'),
          page('Test failures', '/faults'),
          page('Attachments', '/media'),
          page('Inspector', '/inspector'),
          page('Maintain cassettes', '/maintenance'),
          page('Many machines', '/scale'),
          page('Migrate from another tool', '/migration'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Command line', '/reference/cli'),
          page('Settings', '/reference/settings'),
          page('Error codes', '/reference/errors'),
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
