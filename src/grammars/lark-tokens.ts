import {GrammarSyntaxError} from './grammar-errors.js';

export type LarkToken = {
  readonly type: 'name' | 'string' | 'regex' | 'number' | 'sign' | 'directive' | 'line-end';
  readonly text: string;
  readonly line: number;
};

const forms: readonly (readonly [type: LarkToken['type'] | 'blank', form: RegExp])[] = [
  ['blank', /(?:[ \t\f\r]+|\/\/[^\n]*|#[^\n]*)/y],
  ['line-end', /\n/y],
  ['string', /"(?:\\.|[^"\\\n])*"i?/y],
  ['regex', /\/(?!\/)(?:\\.|[^/\\\n])+\/[imslux]*/y],
  ['name', /[A-Za-z_]\w*/y],
  ['number', /[+-]?\d+/y],
  ['sign', /->|\.\.|[:|()[\]{}?*+~,.!]/y],
  ['directive', /%[a-z]+/y],
];

/**
 * The tokens of a Lark grammar, without line ends inside of brackets and before `|`.
 * @throws GrammarSyntaxError
 */
export function larkTokens(definition: string): readonly LarkToken[] {
  const tokens: LarkToken[] = [];
  let line = 1;
  let depth = 0;
  for (let at = 0; at < definition.length; ) {
    const [type, text] = tokenAt(definition, at) ?? [];
    if (type === undefined || text === undefined) {
      const found = definition.slice(at, at + 20).split('\n')[0] ?? '';
      throw new GrammarSyntaxError(`line ${line}: ${JSON.stringify(found)} is no token of a Lark grammar`);
    }
    at += text.length;
    if (type === 'line-end') {
      if (depth === 0) tokens.push({type, text, line});
      line++;
      continue;
    }
    if (type === 'blank') continue;
    if (type === 'sign' && '([{'.includes(text)) depth++;
    if (type === 'sign' && ')]}'.includes(text)) depth--;
    if (text === '|') while (tokens.at(-1)?.type === 'line-end') tokens.pop();
    tokens.push({type, text, line});
  }
  return [...tokens, {type: 'line-end', text: '\n', line}];
}

function tokenAt(text: string, at: number): readonly [LarkToken['type'] | 'blank', string] | undefined {
  for (const [type, form] of forms) {
    form.lastIndex = at;
    const [found] = form.exec(text) ?? [];
    if (found !== undefined) return [type, found];
  }
  return undefined;
}
