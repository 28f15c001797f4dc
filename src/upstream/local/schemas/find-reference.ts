import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {type JsonSchema, mapSubschemas} from '../../../chat/schema.js';

/** A schema in a document, with the URI that its references are relative to. */
export type Placed = {readonly schema: JsonSchema; readonly base: string};

/** What a reference leads to; or why it leads nowhere. */
export type Found = Placed | 'missing' | 'remote';

/** Finds what the references of a schema lead to (JSON Schema 2020-12, section 8.2, and the spellings of older drafts). */
export type ReferenceFinder = {
  readonly root: Placed;
  find(reference: string, base: string): Found;
  /** The URI that references inside a schema are relative to. */
  baseOf(schema: JsonObject, outer: string): string;
};

/** The URI of a schema without `$id`; nothing can be fetched from it. */
const ownUri = 'schema://request/';

export function createReferenceFinder(root: JsonSchema): ReferenceFinder {
  const resources = new Map<string, Placed>();
  const anchors = new Map<string, Placed>();

  const collect = (schema: JsonSchema, outer: string): JsonSchema => {
    if (!isJsonObject(schema)) return schema;
    const base = baseOf(schema, outer);
    if (base !== outer) resources.set(base, {schema, base});
    for (const anchor of anchorsOf(schema)) anchors.set(`${base}#${anchor}`, {schema, base});
    mapSubschemas(schema, inner => collect(inner, base));
    return schema;
  };
  const base = isJsonObject(root) ? baseOf(root, ownUri) : ownUri;
  resources.set(ownUri, {schema: root, base});
  resources.set(base, {schema: root, base});
  collect(root, ownUri);

  return {
    root: {schema: root, base},
    baseOf,
    find(reference, from) {
      const uri = URL.parse(reference, from);
      if (uri === null) return 'missing';
      const fragment = decoded(uri.hash.slice(1));
      uri.hash = '';
      const document = withoutHash(uri.href);
      const resource = resources.get(document);
      if (resource === undefined) return 'remote';
      if (fragment === '') return resource;
      if (fragment.startsWith('/')) return follow(fragment, resource);
      return anchors.get(`${document}#${fragment}`) ?? 'missing';
    },
  };
}

function baseOf({$id: id, id: older}: JsonObject, outer: string): string {
  const given = id ?? older;
  if (typeof given !== 'string' || given.startsWith('#')) return outer;
  const uri = URL.parse(given, outer);
  return uri === null ? outer : withoutHash(uri.href);
}

/** An older draft writes an anchor as an `$id` that is only a fragment. */
function anchorsOf({$anchor, $dynamicAnchor, $id, id}: JsonObject): readonly string[] {
  const older = [$id, id].map(name => (typeof name === 'string' && /^#[^/]/.test(name) ? name.slice(1) : ''));
  return [$anchor, $dynamicAnchor, ...older].filter(
    (name): name is string => typeof name === 'string' && name !== '',
  );
}

/** Follows a JSON pointer (RFC 6901), also to what is no keyword of JSON Schema: `#/components/Pet`. */
function follow(pointer: string, {schema, base: start}: Placed): Found {
  let value: JsonValue | undefined = schema;
  let base = start;
  for (const token of pointer.slice(1).split('/')) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    value = memberOf(value, name);
    if (value === undefined) return 'missing';
    if (isJsonObject(value)) base = baseOf(value, base);
  }
  return isJsonObject(value) || typeof value === 'boolean' ? {schema: value, base} : 'missing';
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    // A percent sign that begins no escape stands for itself.
    return fragment;
  }
}

function withoutHash(uri: string): string {
  return uri.replace(/#.*$/, '');
}
