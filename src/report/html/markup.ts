import {printable, printableLine} from '../printable.js';

/** Text that is HTML. Nothing becomes it but by {@link html}, which escapes whatever is put into it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | undefined | readonly Content[];

/** HTML with its insertions escaped, unless they are markup themselves; lists are joined, and nothing is nothing. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const parts = literals.map((literal, index) => literal + textOf(contents[index]));
  return new Markup(parts.join(''));
}

/** What stands in an attribute: on one line, and without elements. */
export function attribute(text: string): Markup {
  return new Markup(escapeCharacters(printableLine(text)));
}

function textOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return escapeText(String(content));
}

/** Characters that a reader would not see, or that turn the direction of writing, are shown as what they are. */
function escapeText(text: string): string {
  return escapeCharacters(printable(text.replaceAll('\\', '\\\\'))).replaceAll(
    /\\(\\|x[0-9a-f]{2}|u[0-9a-f]{4}|[nrt])/g,
    (_escape, sign: string) => (sign === '\\' ? '\\' : `<span class="control">\\${sign}</span>`),
  );
}

/** The colon and the number sign too: a page that is printed into the log of a CI must give its runner no command. */
function escapeCharacters(text: string): string {
  return text.replaceAll(/[&<>"']|:(?=:)|#(?=#)/g, character => `&#${character.charCodeAt(0)};`);
}
