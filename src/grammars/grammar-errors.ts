/** A grammar that does not parse. The message is a sentence without a full stop. */
export class GrammarSyntaxError extends Error {
  override readonly name = 'GrammarSyntaxError';
}

/** A grammar that may be right, but uses what cannot be translated. The message is a noun phrase: what it uses. */
export class UntranslatableGrammar extends Error {
  override readonly name = 'UntranslatableGrammar';
}
