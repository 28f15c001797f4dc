import {isJsonObject, parseJson} from '../../../chat/json.js';
import type {Tool} from '../../../chat/tools.js';
import type {CompiledGrammar} from '../../../grammars/input-grammar.js';
import type {ArgumentCheck} from './check-arguments.js';

/** The grammars of tools that an engine can follow, by the names of the tools. */
export type ToolGrammars = ReadonlyMap<string, CompiledGrammar>;

/** Compiles the grammars of tools, and warns of those that the model only reads. */
export async function compileGrammars(
  tools: readonly Tool[],
  warn: ((text: string) => void) | undefined,
): Promise<ToolGrammars> {
  const grammars = new Map<string, CompiledGrammar>();
  if (!tools.some(({inputGrammar}) => inputGrammar)) return grammars;
  // Loaded on first use: a replay follows no grammar.
  const {compileGrammar, UntranslatableGrammar} = await import('../../../grammars/input-grammar.js');
  for (const {name, inputGrammar} of tools) {
    if (!inputGrammar) continue;
    try {
      grammars.set(name, compileGrammar(inputGrammar));
    } catch (error) {
      if (!(error instanceof UntranslatableGrammar)) throw error;
      warn?.(onlyDescribed(name, `it has ${error.message}`));
    }
  }
  return grammars;
}

/** Warns of all grammars, for a server that gets tools only as functions. */
export function warnOfGrammars(tools: readonly Tool[], warn: ((text: string) => void) | undefined): void {
  for (const {name, inputGrammar} of tools)
    if (inputGrammar) warn?.(onlyDescribed(name, 'this server takes no grammar for the input of a tool'));
}

function onlyDescribed(name: string, reason: string): string {
  return `The model reads the grammar of the tool ${JSON.stringify(name)} in its description, but may write something else: ${reason}.`;
}

/** The grammar of a call of one tool, whose only argument is a text of its grammar. */
export function callGrammar(name: string, grammar: CompiledGrammar): string {
  return grammar.gbnf([`{"name":${JSON.stringify(name)},"arguments":{"input":"`, '"}}']);
}

/** The checks of arguments, which also follow the grammars. */
export function checksWithGrammars(
  checks: ReadonlyMap<string, ArgumentCheck>,
  grammars: ToolGrammars,
): ReadonlyMap<string, ArgumentCheck> {
  if (grammars.size === 0) return checks;
  return new Map(
    [...checks].map(([name, check]) => {
      const grammar = grammars.get(name);
      return [name, grammar ? json => check(json) && grammar.matches(inputIn(json)) : check];
    }),
  );
}

function inputIn(json: string): string {
  const value = parseJson(json);
  const input = isJsonObject(value) ? value['input'] : undefined;
  return typeof input === 'string' ? input : '';
}
