import {type Setting, settingList} from './setting-list.js';

/** A Markdown table of every setting and where it can be given, for the README. */
export function settingsTable(): string {
  const rows = settingList.map(setting => `| ${cells(setting).join(' | ')} |`);
  return ['| flag | environment | file | default | what |', '|---|---|---|---|---|', ...rows].join('\n');
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
