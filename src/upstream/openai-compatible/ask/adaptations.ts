import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';

/** What a server has refused so far: optional fields that it does not know, and names that it has for the token limit. */
export type Adaptations = {
  /** The body as the server accepts it, and a sentence for each field that is changed. */
  apply(body: JsonObject): {readonly body: JsonObject; readonly warnings: readonly string[]};
  /** The changes that a refusal asks for; undefined if it is about something else. */
  changesFor(error: unknown, body: JsonObject): Changes | undefined;
  /** Remembers changes with which the server has answered. */
  remember(body: JsonObject, changes: Changes): void;
};

/** The fields to be left out, or the name that they get instead. */
export type Changes = ReadonlyMap<string, string | undefined>;

/** Fields that a request can do without. */
const optionalFields = [
  'stream_options',
  'logprobs',
  'top_logprobs',
  'seed',
  'parallel_tool_calls',
  'user',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
];

const otherNames: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

/** Words for a field that is not known, and for a value that is out of range: then another name would not help. */
const refusal =
  /unsupported|not supported|does not support|unrecognized|unknown|unexpected|extra|not permitted|not allowed|forbidden|invalid (field|parameter|argument)|use '/i;
const otherProblem =
  /too (large|small|long|high|low)|must be|at (least|most)|greater than|less than|exceed|out of range/i;

export function createAdaptations(): Adaptations {
  const known = new Map<string, Map<string, string | undefined>>();
  return {
    apply(body) {
      const changes = known.get(modelOf(body)) ?? new Map<string, string | undefined>();
      return change(body, changes);
    },
    changesFor(error, body) {
      if (!(error instanceof RetakeError) || error.code !== 'upstream_rejected') return undefined;
      if (error.status !== 400 && error.status !== 422) return undefined;
      const {message, field} = error;
      if (!refusal.test(message) || otherProblem.test(message)) return undefined;
      const isNamed = (name: string) => field === name || names(message, name);
      const fields = [...optionalFields, ...Object.keys(otherNames)].filter(
        name => Object.hasOwn(body, name) && isNamed(name),
      );
      // Alternatives are of no use without the probabilities.
      if (fields.includes('logprobs') && Object.hasOwn(body, 'top_logprobs')) fields.push('top_logprobs');
      return fields.length === 0 ? undefined : new Map(fields.map(name => [name, otherNames[name]]));
    },
    remember(body, changes) {
      const model = modelOf(body);
      const before = known.get(model) ?? new Map<string, string | undefined>();
      for (const [name, other] of changes) {
        before.set(name, other);
        // A server that takes one name for one model and refuses it later gets the last one that it took.
        if (other !== undefined) before.delete(other);
      }
      known.set(model, before);
    },
  };
}

/** A body with changes, and what they are. */
export function change(
  body: JsonObject,
  changes: Changes,
): {readonly body: JsonObject; readonly warnings: readonly string[]} {
  if (changes.size === 0) return {body: omitUndefined(body), warnings: []};
  const warnings: string[] = [];
  const members = Object.entries(body).flatMap(([name, value]): (readonly [string, typeof value])[] => {
    if (!changes.has(name)) return [[name, value]];
    const other = changes.get(name);
    warnings.push(
      other === undefined
        ? `The upstream does not accept the field '${name}': it was left out.`
        : `The upstream does not accept the field '${name}': it was sent as '${other}'.`,
    );
    return other === undefined ? [] : [[other, value]];
  });
  return {body: omitUndefined(Object.fromEntries(members)), warnings};
}

function modelOf({model}: JsonObject): string {
  return typeof model === 'string' ? model : '';
}

/** Whether a message names a field, and not only a longer one. */
function names(message: string, field: string): boolean {
  return new RegExp(`(?<![\\w.])${field}(?!\\w)`).test(message);
}
