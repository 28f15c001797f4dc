import markdownIt from 'markdown-it';
import {printable} from '../printable.js';
import {Markup} from './markup.js';

/**
 * Without HTML in its source, markdown-it writes only the elements of Markdown and escapes all text. Links lead to web and mail addresses
 * alone. Images would be fetched from elsewhere, so they are links, too. Only this file knows markdown-it.
 */
const renderer = markdownIt({html: false, linkify: false, typographer: false}).disable('image');

renderer.validateLink = address => /^(?:https?:\/\/|mailto:)/i.test(address.trim());

// The headings of the page are its own.
for (const name of ['heading_open', 'heading_close'] as const) {
  renderer.renderer.rules[name] = (tokens, index, options, _env, self) => {
    const token = tokens[index];
    if (token) token.tag = token.tag === 'h1' ? 'h5' : 'h6';
    return self.renderToken(tokens, index, options);
  };
}

// The page's policy allows no style attributes, by which columns would be aligned.
for (const name of ['th_open', 'td_open'] as const) {
  renderer.renderer.rules[name] = (tokens, index, options, _env, self) => {
    const token = tokens[index];
    if (token) token.attrs = null;
    return self.renderToken(tokens, index, options);
  };
}

renderer.renderer.rules['link_open'] = (tokens, index, options, _env, self) => {
  tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow');
  tokens[index]?.attrSet('target', '_blank');
  return self.renderToken(tokens, index, options);
};

/** A longer answer is shown as its text alone. */
const longest = 50_000;

/** An answer as a reader sees its Markdown; undefined for a text that is not Markdown. */
export function renderMarkdown(text: string): Markup | undefined {
  if (text.length > longest || !mayBeMarkdown.test(text)) return undefined;
  const tokens = renderer.parse(printable(text), {});
  if (tokens.every(isPlain)) return undefined;
  const html = renderer.renderer.render(tokens, renderer.options, {});
  // A page that is printed to a CI log must not contain a runner command.
  return new Markup(html.replaceAll(/:(?=:)|#(?=#)/g, character => `&#${character.charCodeAt(0)};`));
}

const mayBeMarkdown = /[*_`#>|[~]|^\s*(?:[-+]|\d+[.)])\s|^(?:===|---)/m;

type Token = ReturnType<typeof renderer.parse>[number];

function isPlain({type, children}: Token): boolean {
  if (type === 'inline')
    return (children ?? []).every(child => /^(?:text|softbreak|hardbreak)$/.test(child.type));
  return type === 'paragraph_open' || type === 'paragraph_close';
}
