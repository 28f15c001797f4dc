import type {InputGrammar} from '../chat/tools.js';
import {character} from './characters.js';
import {checkLexing} from './check-lexing.js';
import type {Expression, Grammar, Terminal} from './expression.js';
import {GrammarSyntaxError, UntranslatableGrammar} from './grammar-errors.js';
import {isPattern} from './is-pattern.js';
import {matchesText} from './match-text.js';
import {parseLark} from './parse-lark.js';
import {parseRegex} from './parse-regex.js';
import {resolveLark} from './resolve-lark.js';
import {withoutLeftRecursion} from './without-left-recursion.js';
import {writeGbnf} from './write-gbnf.js';

export {UntranslatableGrammar} from './grammar-errors.js';

export type CompiledGrammar = {
  /** The rules of GBNF for a JSON text that has such a text between two others. */
  gbnf(around: readonly [before: string, after: string]): string;
  /** Whether a text belongs to the grammar. */
  matches(text: string): boolean;
};

/**
 * @throws GrammarSyntaxError if the definition does not parse
 * @throws UntranslatableGrammar if an engine could write a text that does not belong to the grammar
 */
export function compileGrammar(given: InputGrammar): CompiledGrammar {
  const {rules, ignored} = grammarOf(given);
  const grammar: Grammar = {rules: withoutLeftRecursion(rules), ignored};
  const separator = ignored.length === 0 ? undefined : separatorOf(grammar);
  checkLexing(grammar, separator);
  writeGbnf(grammar, separator, ['', '']);
  return {
    gbnf: around => writeGbnf(grammar, separator, around),
    matches(text) {
      try {
        return matchesText(grammar, text);
      } catch (error) {
        // A text that is nested too deeply to be checked is taken as it is.
        if (error instanceof RangeError) return true;
        throw error;
      }
    },
  };
}

/** Why a definition is no grammar; undefined if it is one, or may be one. */
export function syntaxErrorOf(given: InputGrammar): string | undefined {
  try {
    grammarOf(given);
  } catch (error) {
    if (error instanceof GrammarSyntaxError) return error.message;
    if (!(error instanceof UntranslatableGrammar)) throw error;
  }
  return undefined;
}

function grammarOf({syntax, definition}: InputGrammar): Grammar {
  if (syntax === 'lark') return resolveLark(parseLark(definition));
  if (!isPattern(definition)) throw new GrammarSyntaxError('it is no regular expression');
  const inner = definition.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const expression = parseRegex(inner, {ignoresCase: false, dotMatchesAll: false});
  return {rules: new Map<string, Expression>([['start', {type: 'terminal', expression}]]), ignored: []};
}

/** The shortest text that is ignored, which ends a terminal for every lexer. */
function separatorOf(grammar: Grammar): Terminal {
  for (const text of [' ', '\n', '\t']) {
    const separator: Terminal = {
      type: 'terminal',
      expression: {type: 'characters', characters: character(text)},
    };
    if (
      grammar.ignored.some(({expression}) =>
        matchesText({rules: new Map([['start', expression]]), ignored: []}, text),
      )
    )
      return separator;
  }
  throw new UntranslatableGrammar('`%ignore` of something else than white space');
}
