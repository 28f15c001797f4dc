import {lintSource} from '@secretlint/core';
import {rules as presetRules} from '@secretlint/secretlint-rule-preset-recommend';
import {type CompiledRule, hasNewMatch} from '../key/compiled-rule.js';
import {placeholders} from '../key/placeholder-pattern.js';
import type {FoundSecret, PlacedText} from './find-secrets.js';

/**
 * Finds secrets that only the recommended rules of secretlint know. They change with its versions, so keys do not depend on them: what they
 * find is reported, and recording does not redact it. Only this file knows secretlint.
 */
export async function scanForSecrets<Text extends PlacedText>(
  texts: Iterable<Text>,
  redactRules: readonly CompiledRule[],
): Promise<readonly (FoundSecret & {readonly text: Text})[]> {
  const found: (FoundSecret & {readonly text: Text})[] = [];
  const builtIn = redactRules.filter(({isOwn}) => !isOwn);
  for (const batch of batchesOf(texts)) {
    // A search costs 0.4 ms whatever the text, and most batches have no secret.
    if ((await search(batch.map(({text}) => text).join(separator))).length === 0) continue;
    for (const text of batch) {
      const rules = (await search(text.text))
        .filter(({start, end}) => !isRedacted(text.text, start, end, builtIn))
        .map(({rule}) => rule);
      for (const rule of new Set(rules)) found.push({rule, place: text.place, text});
    }
  }
  return found;
}

const separator = '\n\n';

/** Characters of texts that are searched together. */
const batchSize = 256 * 1024;

function* batchesOf<Text extends PlacedText>(texts: Iterable<Text>): Iterable<readonly Text[]> {
  let batch: Text[] = [];
  let size = 0;
  for (const text of texts) {
    batch.push(text);
    size += text.text.length + separator.length;
    if (size < batchSize) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  if (batch.length > 0) yield batch;
}

const prefix = '@secretlint/secretlint-rule-';

/** A recorded text must not turn the search off, as a comment in a source file may. */
const rules = presetRules.filter(({meta}) => meta.id !== `${prefix}filter-comments`);
const config = {rules: rules.map(rule => ({id: rule.meta.id, rule, options: {}}))};

async function search(
  content: string,
): Promise<readonly {readonly rule: string; readonly start: number; readonly end: number}[]> {
  const {messages} = await lintSource({
    source: {content, filePath: 'cassette.txt', ext: '.txt', contentType: 'text'},
    options: {config, maskSecrets: true, noPhysicFilePath: true},
  });
  return messages.map(({ruleId, range: [start, end]}) => ({
    rule: ruleId.replace(prefix, 'secretlint-'),
    start,
    end,
  }));
}

/** Characters around a secret in which a rule may need to find its name. */
const context = 64;

/** Whether a redact rule has replaced it, or reports it itself. */
function isRedacted(text: string, start: number, end: number, redactRules: readonly CompiledRule[]): boolean {
  for (const placeholder of placeholders(text))
    if (placeholder.start < end && placeholder.end > start) return true;
  const around = text.slice(Math.max(0, start - context), end + context);
  return redactRules.some(rule => hasNewMatch(rule, around));
}
