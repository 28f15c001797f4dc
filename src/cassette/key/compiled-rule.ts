import {RetakeError} from '../../errors.js';
import type {RedactRule} from './key-settings.js';
import {isPlaceholder, placeholders, skipPlaceholders} from './placeholder-pattern.js';
import type {SecretMatch, SecretRule} from './secret-rules.js';

/** A redact rule that can be searched for. */
export type CompiledRule = {
  readonly name: string;
  /** Whether a user wrote it: such a rule runs in bounded time only. */
  readonly isOwn: boolean;
  /** The secrets of a text, in order. */
  matches(text: string): Iterable<SecretMatch>;
  /** The same in a stored text, in which placeholders are matches, too: nothing begins within one. */
  storedMatches(text: string): Iterable<SecretMatch>;
};

/** A built-in rule. */
export function compileSecretRule({name, next}: SecretRule): CompiledRule {
  return {
    name,
    isOwn: false,
    *matches(text) {
      for (let from = 0; from < text.length; ) {
        const match = next(text, from, text.length);
        if (!match) return;
        yield match;
        from = match.end;
      }
    },
    *storedMatches(text) {
      let from = 0;
      for (const placeholder of placeholders(text)) {
        if (placeholder.start < from) continue;
        for (;;) {
          const match = from < placeholder.start ? next(text, from, placeholder.start) : undefined;
          if (!match) break;
          yield match;
          from = match.end;
        }
        if (placeholder.start < from) continue;
        yield placeholder;
        from = placeholder.end;
      }
      while (from < text.length) {
        const match = next(text, from, text.length);
        if (!match) return;
        yield match;
        from = match.end;
      }
    },
  };
}

/** A rule of the configuration or of a cassette. Run it bounded. */
export function compileRedactRule({name, pattern}: RedactRule): CompiledRule {
  const expression = compilePattern(name, pattern);
  return {
    name,
    isOwn: true,
    matches: text => nonEmptyMatches(expression, text),
    storedMatches: text => nonEmptyMatches(skipPlaceholders(expression), text),
  };
}

/** @throws RetakeError `invalid_setting` */
function compilePattern(name: string, pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'gu');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^.*: /, '') : String(cause);
    throw new RetakeError(
      'invalid_setting',
      `The pattern of the rule ${name} is not a regular expression: ${reason}`,
      {
        hint: 'Patterns are JavaScript regular expressions with the flags g and u.',
        cause,
      },
    );
  }
}

/** The text with each match rewritten. */
export function replaceMatches(
  text: string,
  matches: Iterable<SecretMatch>,
  write: (match: string) => string,
): string {
  const parts: string[] = [];
  let end = 0;
  for (const match of matches) {
    parts.push(text.slice(end, match.start), write(text.slice(match.start, match.end)));
    end = match.end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(end);
}

/** Whether a stored text has a match that is not a placeholder. */
export function hasNewMatch({storedMatches}: CompiledRule, text: string): boolean {
  for (const {start, end} of storedMatches(text)) if (!isPlaceholder(text.slice(start, end))) return true;
  return false;
}

function* nonEmptyMatches(expression: RegExp, text: string): Iterable<SecretMatch> {
  for (const match of text.matchAll(expression)) {
    if (match[0] !== '') yield {start: match.index, end: match.index + match[0].length};
  }
}
