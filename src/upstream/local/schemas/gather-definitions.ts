import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {objectOf} from '../../../chat/object-of.js';
import {type JsonSchema, mapSubschemas} from '../../../chat/schema.js';
import {createReferenceFinder, type Placed} from './find-reference.js';

/** The only form of reference that llama.cpp resolves: a name without escapes, in `$defs` of the root. */
const plainReference = /^#\/\$defs\/[^/~%#]+$/;

/** Keywords that only references need, all of which now lead to the root's `$defs`. */
const namingKeywords = new Set(['$id', 'id', '$anchor', '$dynamicAnchor', '$defs', 'definitions', '$schema']);

/**
 * The same schema, with everything that references lead to in the `$defs` of its root. A schema whose references all have that form stays
 * as it is, and so does a reference that leads nowhere.
 */
export function gatherDefinitions(root: JsonSchema): JsonSchema {
  if (!isJsonObject(root) || !needsGathering(root)) return root;
  const finder = createReferenceFinder(root);
  const names = new Map<JsonSchema, string>();
  const definitions: [name: string, schema: JsonSchema][] = [];

  const nameOf = ({schema, base}: Placed, reference: string): string => {
    const known = names.get(schema);
    if (known !== undefined) return known;
    const name = unusedName(reference, new Set(names.values()));
    names.set(schema, name);
    // Its place is kept, because it may refer to itself.
    const entry: [string, JsonSchema] = [name, true];
    definitions.push(entry);
    entry[1] = rewrite(schema, base);
    return name;
  };

  const rewrite = (schema: JsonSchema, outer: string): JsonSchema => {
    if (!isJsonObject(schema)) return schema;
    const base = finder.baseOf(schema, outer);
    const kept = Object.entries(schema).filter(([keyword]) => !namingKeywords.has(keyword));
    const {$ref, $dynamicRef, ...rest} = mapSubschemas(objectOf(kept), inner => rewrite(inner, base));
    const reference = $ref ?? $dynamicRef;
    if (typeof reference !== 'string') return {...rest, ...asGiven($ref)};
    const found = finder.find(reference, base);
    if (typeof found === 'string') return {...rest, $ref: reference};
    return {...rest, $ref: `#/$defs/${nameOf(found, reference)}`};
  };

  const rewritten = rewrite(root, finder.root.base);
  if (!isJsonObject(rewritten) || definitions.length === 0) return rewritten;
  return {...rewritten, $defs: objectOf(definitions)};
}

function asGiven($ref: JsonValue | undefined): JsonObject {
  return $ref === undefined ? {} : {$ref};
}

function needsGathering(root: JsonObject): boolean {
  let needs = false;
  const visit = (schema: JsonSchema): JsonSchema => {
    if (!isJsonObject(schema)) return schema;
    const {$ref, $dynamicRef, $id, id} = schema;
    const isPlain = $ref === undefined || (typeof $ref === 'string' && plainReference.test($ref));
    needs ||= !isPlain || $dynamicRef !== undefined;
    // A name of its own moves what references inside it are relative to.
    needs ||= schema !== root && (typeof $id === 'string' || typeof id === 'string');
    mapSubschemas(schema, visit);
    return schema;
  };
  visit(root);
  return needs;
}

/** A name that tells what it was called, in characters that need no escape. */
function unusedName(reference: string, used: ReadonlySet<string>): string {
  const last = reference.split(/[/#]/).at(-1) ?? '';
  const plain = last.replaceAll(/[^\w-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'root';
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}-${number}`;
    if (!used.has(name)) return name;
  }
}
