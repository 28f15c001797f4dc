import {printable, printableLine} from '../printable.js';

/** Text that is HTML. Only {@link html} creates it, and escapes what is inserted. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | undefined | readonly Content[];

/** HTML with its insertions escaped unless they are markup. Lists are joined; undefined inserts nothing. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const parts = literals.map((literal, index) => literal + textOf(contents[index]));
  return new Markup(parts.join(''));
}

/** An attribute value: on one line, without elements. */
export function attribute(text: string): Markup {
  return new Markup(escapeCharacters(printableLine(text)));
}

function textOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return escapeText(String(content));
}

/** Shows invisible characters, and those that change the direction of writing, by their code points. */
function escapeText(text: string): string {
  return escapeCharacters(printable(text.replaceAll('\\', '\\\\'))).replaceAll(
    /\\(\\|x[0-9a-f]{2}|u[0-9a-f]{4}|[nrt])/g,
    (_escape, sign: string) => (sign === '\\' ? '\\' : `<span class="control">\\${sign}</span>`),
  );
}

/** Escapes the colon and the number sign too: a page that is printed to a CI log must not contain a runner command. */
function escapeCharacters(text: string): string {
  return text.replaceAll(/[&<>"']|:(?=:)|#(?=#)/g, character => `&#${character.charCodeAt(0)};`);
}
