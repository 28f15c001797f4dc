import {isJsonObject, type JsonObject} from '../../../chat/json.js';
import {type JsonSchema, mapSubschemas} from '../../../chat/schema.js';
import type {SchemaProblem} from '../../../chat/schema-fault.js';
import {createReferenceFinder, type ReferenceFinder} from './find-reference.js';
import {keywordProblem, quoted} from './keyword-problem.js';
import {canEnd, checksItself} from './self-reference.js';

export type ProblemOptions = {
  /** Whether a property may be something else than a schema, which then allows any value: samples of SDKs have a plain word there. */
  readonly acceptsWords: boolean;
};

/** The first reason why a JSON Schema is none, or why no value can be valid; undefined if there is none. */
export function findProblem(root: JsonSchema, {acceptsWords}: ProblemOptions): SchemaProblem | undefined {
  if (root === false) return {steps: [], sentence: 'False schema does not allow any value'};
  const finder = createReferenceFinder(root);
  let found: SchemaProblem | undefined;

  const visit = (schema: JsonSchema, steps: readonly string[], outer: string): JsonSchema => {
    if (found !== undefined || typeof schema === 'boolean') return schema;
    if (!isJsonObject(schema)) {
      if (!acceptsWords || steps.at(-2) !== 'properties') {
        found = {steps, sentence: `${quoted(schema)} is not of type 'object', 'boolean'`};
      }
      return schema;
    }
    const base = finder.baseOf(schema, outer);
    const sentence = keywordProblem(schema) ?? referenceProblem(schema, base, finder);
    if (sentence !== undefined) found = {steps, sentence};
    mapSubschemas(schema, (inner, inside) => visit(inner, [...steps, ...inside], base));
    return schema;
  };
  visit(root, [], finder.root.base);
  if (found !== undefined || canEnd(finder.root, finder)) return found;
  return {steps: [], sentence: 'no value is allowed, because it would have to contain itself without end'};
}

function referenceProblem(schema: JsonObject, base: string, finder: ReferenceFinder): string | undefined {
  for (const reference of [schema['$ref'], schema['$dynamicRef']]) {
    if (reference === undefined) continue;
    if (typeof reference !== 'string') return `${quoted(reference)} is not of type 'string'`;
    const found = finder.find(reference, base);
    if (found === 'missing') {
      return `reference to component ${quoted(reference)} which was not found in the schema`;
    }
    if (found === 'remote') {
      return `reference to ${quoted(reference)} leads out of the schema, and nothing is fetched for a schema`;
    }
  }
  return checksItself({schema, base}, finder)
    ? 'the schema refers to itself without a value in between'
    : undefined;
}
