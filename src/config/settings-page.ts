import {type Setting, settingList} from './setting-list.js';

/** The Markdown reference of every setting, and where it can be given, for `docs/reference/settings.md`. */
export function settingsPage(): string {
  const groups = new Set(settingList.map(({group}) => group));
  return [
    '# Settings',
    'You can give a setting as a flag, as an environment variable, or in `retake.config.json`. Flags override the environment, and the environment overrides the file.',
    'retake looks for `retake.config.json` in the current folder and in those above it, up to the root of the repository. Its paths are relative to its folder. `retake.config.schema.json` in the package gives your editor completion:',
    `\`\`\`json\n${example}\n\`\`\``,
    'The `LK_*` names are the ones that localaik uses.',
    ...[...groups].flatMap(group => [`## ${group.replace(/:$/, '')}`, tableOf(group)]),
    '',
  ].join('\n\n');
}

const example = JSON.stringify(
  {
    $schema: './node_modules/retake/retake.config.schema.json',
    cassette: 'test/cassettes',
    model: 'gemma3-4b',
    ignore: ['iso-date'],
  },
  undefined,
  2,
);

function tableOf(group: string): string {
  const settings = settingList.filter(setting => setting.group === group);
  return [
    '| flag | environment | file | default | what |',
    '|---|---|---|---|---|',
    ...settings.map(setting => `| ${cells(setting).join(' | ')} |`),
  ].join('\n');
}

function cells({flag, variables, inFile, name, schema}: Setting): readonly string[] {
  const texts = [
    code(flag),
    variables.map(code).join(', '),
    inFile ? code(name) : '',
    defaultOf(schema.default),
    String(schema.description ?? ''),
  ];
  return texts.map(text => text.replaceAll('|', '\\|'));
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

function defaultOf(value: unknown): string {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return '';
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}
