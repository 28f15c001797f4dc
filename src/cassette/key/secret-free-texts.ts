import {setImmediate as nextTurn} from 'node:timers/promises';
import {type SecretRule, secretRules} from './secret-rules.js';

/** Long texts in which no built-in rule finds a secret. */
export type SecretFreeTexts = {has(text: string): boolean};

/** Characters from which a text is worth it. */
const longText = 1 << 18;
/** Characters that are searched at once: some milliseconds. */
const step = 1 << 20;

/**
 * Searches the long texts of a request before they are redacted, and lets other requests have their turn in between. Redaction then
 * passes over those without a secret.
 */
export class SecretFreeMemory implements SecretFreeTexts {
  readonly #texts = new Set<string>();

  has(text: string): boolean {
    return text.length >= longText && this.#texts.has(text);
  }

  /** The function forgets the texts again. */
  async search(value: unknown): Promise<() => void> {
    const found: string[] = [];
    for (const text of longTextsOf(value)) {
      if (!(await hasSecret(text))) found.push(text);
    }
    for (const text of found) this.#texts.add(text);
    return () => {
      for (const text of found) this.#texts.delete(text);
    };
  }
}

async function hasSecret(text: string): Promise<boolean> {
  for (const rule of secretRules) {
    if (await finds(rule, text)) return true;
  }
  return false;
}

async function finds(rule: SecretRule, text: string): Promise<boolean> {
  for (let from = 0; from < text.length; from += step) {
    if (rule.next(text, from, Math.min(text.length, from + step))) return true;
    await nextTurn();
  }
  return false;
}

function longTextsOf(value: unknown, found: string[] = []): readonly string[] {
  if (typeof value === 'string') {
    if (value.length >= longText) found.push(value);
  } else if (typeof value === 'object' && value !== null && !isAttachment(value)) {
    for (const member of Object.values(value)) longTextsOf(member, found);
  }
  return found;
}

/** What is attached is a digest when it is redacted. */
function isAttachment(value: object): boolean {
  return 'type' in value && value.type === 'attachment';
}
