import {isJsonObject, type JsonObject} from '../../../chat/json.js';
import type {OutputFormat} from '../../../chat/request.js';
import {type JsonSchema, mapSchema} from '../../../chat/schema.js';
import type {Tool} from '../../../chat/tools.js';

/**
 * The schema of a call of one of these tools. With `isLoose` the arguments may be any object: for a server that cannot turn the declared
 * schema into a grammar.
 */
export function callSchema(tools: readonly Tool[], isLoose = false): JsonObject {
  const definitions = new Definitions();
  return definitions.addTo(anyCall(tools, isLoose, definitions));
}

/** The schema of either a call or the structured output that the client wants. A call is wrapped in an object, to tell them apart. */
export function callOrOutputSchema(
  tools: readonly Tool[],
  output: OutputFormat,
  isLoose = false,
): JsonObject {
  const definitions = new Definitions();
  const call = {
    type: 'object',
    properties: {tool_call: anyCall(tools, isLoose, definitions)},
    required: ['tool_call'],
  };
  const answer = output.type === 'json' ? {type: 'object'} : definitions.place(output.schema);
  return definitions.addTo({anyOf: [call, answer]});
}

function anyCall(tools: readonly Tool[], isLoose: boolean, definitions: Definitions): JsonObject {
  const calls = tools.map(({name, parameters}): JsonObject => {
    const declared = parameters ?? {type: 'object', properties: {}};
    return {
      type: 'object',
      properties: {name: {const: name}, arguments: isLoose ? {type: 'object'} : definitions.place(declared)},
      required: ['name', 'arguments'],
    };
  });
  const [only] = calls;
  return calls.length === 1 && only !== undefined ? only : {anyOf: calls};
}

/** Collects schemas with references in the `$defs` of a larger schema, where their references still resolve. */
class Definitions {
  readonly #schemas: [name: string, schema: JsonSchema][] = [];

  /** The schema in a form that can be placed anywhere in the larger one. */
  place(schema: JsonSchema): JsonSchema {
    if (!isJsonObject(schema)) return schema === true ? {} : schema;
    if (!refersToItself(schema)) return schema;
    const name = `schema-${this.#schemas.length}`;
    const {$defs: _inner, definitions: _older, ...rest} = rooted(schema, `#/$defs/${name}`);
    this.#schemas.push([name, rooted(schema, `#/$defs/${name}`)]);
    return rest;
  }

  addTo(schema: JsonObject): JsonObject {
    return this.#schemas.length === 0 ? schema : {...schema, $defs: Object.fromEntries(this.#schemas)};
  }
}

function rooted(schema: JsonObject, place: string): JsonObject {
  const moved = mapSchema(schema, inner => {
    const {$ref: reference} = inner;
    const isLocal = typeof reference === 'string' && reference.startsWith('#');
    return isLocal ? {...inner, $ref: `${place}${reference.slice(1)}`} : inner;
  });
  return isJsonObject(moved) ? moved : {};
}

function refersToItself(schema: JsonSchema): boolean {
  let refers = false;
  mapSchema(schema, inner => {
    refers ||= typeof inner['$ref'] === 'string';
    return inner;
  });
  return refers;
}
