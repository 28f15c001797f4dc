import {printable, printableLine} from './printable.js';

/**
 * Untrusted text in a line of Markdown: as code, so that `@name` mentions no user and `#1` is no link, and without characters that
 * Markdown or HTML interprets.
 */
export function inlineCode(text: string): string {
  return `<code>${withoutMarkup(text)}</code>`;
}

/** The same as plain text, for sentences that quote recorded text. */
export function withoutMarkup(text: string): string {
  return printableLine(text).replaceAll(significant, character => `&#${character.charCodeAt(0)};`);
}

/** Characters that start an element, a link, a mention, a formula or emphasis. A colon or `www.` alone can make a link. */
const significant = /[\\`*_{}[\]<>#|~&!:@$]|(?<=\bwww)\./gi;

/** A code block that its text cannot end: the fence is longer than any run of backticks in it. */
export function codeBlock(text: string, language = ''): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({length}) => length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [`${fence}${language}`, printable(text).replace(/\n$/, ''), fence].join('\n');
}
