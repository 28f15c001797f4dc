import {printable, printableLine} from './printable.js';

/**
 * Text that strangers wrote within a line of Markdown: code, so that `@name` mentions nobody and `#1` links nowhere, and without a
 * character that Markdown or HTML reads.
 */
export function inlineCode(text: string): string {
  return `<code>${withoutMarkup(text)}</code>`;
}

/** The same as plain text, for sentences of ours that quote what was recorded. */
export function withoutMarkup(text: string): string {
  return printableLine(text).replaceAll(significant, character => `&#${character.charCodeAt(0)};`);
}

/** What begins an element, a link, a mention, a formula or emphasis; an address is one by its colon or by `www.` alone. */
const significant = /[\\`*_{}[\]<>#|~&!:@$]|(?<=\bwww)\./gi;

/** A code block that no text can leave: its fence is longer than any run of backticks within. */
export function codeBlock(text: string, language = ''): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({length}) => length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [`${fence}${language}`, printable(text).replace(/\n$/, ''), fence].join('\n');
}
