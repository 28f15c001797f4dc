import {ValueErrorType} from '@sinclair/typebox/errors';
import {Value} from '@sinclair/typebox/value';
import {isJsonObject} from '../chat/json.js';
import {RetakeError} from '../errors.js';
import type {FaultRule} from '../faults/fault-rule.js';
import {parseFault} from '../faults/parse-fault.js';
import {describeExpectation, describeValue} from './expectation.js';
import {describeSource, type GivenSetting} from './setting-source.js';

/**
 * Checks a value against the schema of its setting.
 * @throws RetakeError `invalid_setting`: what was expected where, and what came.
 */
export function checkSetting({setting, value, source}: GivenSetting): void {
  const error = Value.Errors(setting.schema, value).First();
  if (error) {
    const place = setting.name + error.path.replaceAll(/\/(\d+)/g, '[$1]').replaceAll('/', '.');
    throw new RetakeError(
      'invalid_setting',
      error.type === ValueErrorType.ObjectAdditionalProperties
        ? `Expected no \`${place}\` (${describeSource(source)}): there is no such member`
        : `Expected \`${place}\` (${describeSource(source)}) to be ${describeExpectation(error.schema)}, got ${
            setting.places.secret ? 'something else' : describeValue(error.value)
          }`,
    );
  }
  if (setting.name === 'fault' || setting.name === 'faults') checkFaults({setting, value, source});
  if (setting.name === 'ignore' || setting.name === 'redact') checkPatterns({setting, value, source});
}

/** Reads each fault, so that one that does not exist is found at the start. */
function checkFaults({setting, value, source}: GivenSetting): void {
  const texts = Array.isArray(value) ? value.map((rule: FaultRule) => rule.fault) : [String(value)];
  for (const [index, text] of texts.entries()) {
    const place = Array.isArray(value) ? `faults[${index}].fault` : setting.name;
    parseFault(text, {subject: `\`${place}\` (${describeSource(source)})`, code: 'invalid_setting'});
  }
}

/** Compiles each rule with the flags `gu`, as it will be used, so that an invalid one is found at the start. */
function checkPatterns({setting, value, source}: GivenSetting): void {
  const rules: readonly unknown[] = Array.isArray(value) ? value : [];
  for (const [index, rule] of rules.entries()) {
    const pattern = isJsonObject(rule) ? rule['pattern'] : undefined;
    if (typeof pattern !== 'string') continue;
    try {
      new RegExp(pattern, 'gu');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.replace(/^.*: /, '') : String(cause);
      throw new RetakeError(
        'invalid_setting',
        `Expected \`${setting.name}[${index}].pattern\` (${describeSource(source)}) to be a regular expression, got \`${pattern}\`: ${reason}`,
        {hint: 'Patterns are JavaScript regular expressions with the flags g and u.', cause},
      );
    }
  }
}
