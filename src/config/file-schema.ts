import type {JsonObject, JsonValue} from '../chat/json.js';
import {isJsonObject} from '../chat/json.js';
import {settingList} from './setting-list.js';
import {Settings} from './settings.js';

/** The JSON Schema of retake.config.json, for editors: `retake.config.schema.json` at the root of the package. */
export function configFileSchema(): JsonObject {
  const properties = toJsonSchema(Settings.properties);
  const secret = new Set(settingList.filter(({inFile}) => !inFile).map(({name}) => name));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'retake.config.json',
    description: 'Settings of retake; environment variables and flags go before it',
    type: 'object',
    properties: {
      $schema: {type: 'string', description: 'Where this schema is'},
      ...Object.fromEntries(Object.entries(properties).filter(([name]) => !secret.has(name))),
    },
    additionalProperties: false,
  };
}

/** TypeBox schemas are JSON Schemas, except for our keyword `places`. */
function toJsonSchema(properties: object): JsonObject {
  const plain: JsonValue = JSON.parse(
    JSON.stringify(properties, (keyword, value) => (keyword === 'places' ? undefined : value)),
  );
  if (!isJsonObject(plain)) return {};
  return Object.fromEntries(Object.entries(plain).map(([name, schema]) => [name, withoutRequired(schema)]));
}

/** TypeBox requires the members of a group that have a default; a file may omit them. */
function withoutRequired(schema: JsonValue): JsonValue {
  if (!isJsonObject(schema) || schema['type'] !== 'object') return schema;
  const {required: _required, ...keywords} = schema;
  return keywords;
}
