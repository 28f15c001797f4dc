import {isJsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ChatRequest, ModelRequest, OutputFormat} from '../../../chat/request.js';
import {type JsonSchema, mapSchema, normalizeSchema} from '../../../chat/schema.js';
import {SchemaFault} from '../../../chat/schema-fault.js';
import type {Tool} from '../../../chat/tools.js';
import {findProblem} from './find-problem.js';
import {gatherDefinitions} from './gather-definitions.js';
import {spellOutClasses} from './spell-out-classes.js';

/**
 * The request with its schemas in a form that llama.cpp turns into grammars. References are resolved in the schemas as the client wrote
 * them, because normalizing moves what a JSON pointer leads to.
 * @throws SchemaFault if a schema is broken
 */
export function forEngine(request: ChatRequest, original: ModelRequest = request): ChatRequest {
  const {output, tools} = request;
  if (output?.type !== 'json-schema' && tools === undefined) return request;
  const asked = original.operation === 'chat' ? original : request;
  return {
    ...request,
    ...omitUndefined({
      output: output && outputForEngine(output, asked.output),
      tools: tools?.map((tool, index) => toolForEngine(tool, asked.tools?.[index])),
    }),
  };
}

function outputForEngine(output: OutputFormat, asked: OutputFormat | undefined): OutputFormat {
  if (output.type !== 'json-schema') return output;
  const written = asked?.type === 'json-schema' ? asked.schema : output.schema;
  const problem = findProblem(written, {acceptsWords: false});
  if (problem) throw new SchemaFault({type: 'output'}, problem);
  return {...output, schema: explicit(gathered(output.schema, written))};
}

function toolForEngine(tool: Tool, asked: Tool | undefined): Tool {
  const {name, parameters} = tool;
  const {inputGrammar} = asked ?? {};
  if (parameters === undefined) return tool;
  const written = asked?.parameters ?? parameters;
  const problem = findProblem(written, {acceptsWords: true});
  if (problem) throw new SchemaFault({type: 'tool', name}, problem);
  return omitUndefined({...tool, parameters: gathered(parameters, written), inputGrammar});
}

function gathered(normalized: JsonSchema, written: JsonSchema): JsonSchema {
  const schema = gatherDefinitions(written);
  return schema === written ? normalized : normalizeSchema(schema);
}

/**
 * llama.cpp takes `true` for no schema at all, forgets a required property that is not described, and takes any string for a pattern with
 * an escape for several characters.
 */
function explicit(schema: JsonSchema): JsonSchema {
  if (typeof schema === 'boolean') return {};
  return mapSchema(schema, given => {
    const {pattern} = given;
    const inner = typeof pattern === 'string' ? {...given, pattern: spellOutClasses(pattern)} : given;
    const {type, properties, required} = inner;
    if (type !== 'object' && properties === undefined) return inner;
    const described = isJsonObject(properties) ? properties : {};
    const missing = Array.isArray(required) ? required.filter(isMissingIn(described)) : [];
    if (missing.length === 0) return inner;
    return {...inner, properties: {...described, ...Object.fromEntries(missing.map(name => [name, {}]))}};
  });
}

function isMissingIn(described: object): (name: JsonValue) => name is string {
  return (name): name is string => typeof name === 'string' && !Object.hasOwn(described, name);
}
