import {controlRoutes} from '../../dist/src/proxy/control/control-api.js';
import {openApiDocument} from '../../dist/src/proxy/control/open-api.js';
import {githubSlug} from '../../docs/.vitepress/github-slug.mjs';

/** The Markdown reference of the control API, from its OpenAPI document. */
export function httpPage() {
  const {paths, servers} = JSON.parse(JSON.stringify(openApiDocument(controlRoutes)));
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({path, method: method.toUpperCase(), operation})),
  );
  return [
    '# HTTP and control API',
    `Generated from the [OpenAPI document](openapi.json), which a running retake serves at \`/_retake/v1/openapi.json\`. Paths begin with \`${servers[0].url}\`. [Control API](../control-api.md) explains sessions and how to use them; [Compatibility](../compatibility.md) has the endpoints of the model APIs.`,
    ['| operation | what it does |', '|---|---|', ...operations.map(summaryRow)].join('\n'),
    ...operations.flatMap(describeOperation),
    '',
  ].join('\n\n');
}

const titleOf = ({method, path}) => `${method} ${path}`;

function summaryRow(entry) {
  return `| [\`${titleOf(entry)}\`](#${githubSlug(titleOf(entry))}) | ${entry.operation.summary} |`;
}

function describeOperation(entry) {
  const {parameters = [], requestBody, responses, summary} = entry.operation;
  const parts = [`## ${titleOf(entry).replaceAll(/[{}]/g, '')}`, `\`${titleOf(entry)}\`: ${summary}.`];
  if (parameters.length > 0) {
    const rows = parameters.map(
      ({name, in: place, schema}) =>
        `| \`${name}\` | ${place} | ${typeOf(schema)} | ${schema.description ?? ''} |`,
    );
    parts.push(['| parameter | in | type | meaning |', '|---|---|---|---|', ...rows].join('\n'));
  }
  if (requestBody) parts.push('The body is JSON:', table(schemaOf(requestBody)));
  for (const [status, response] of Object.entries(responses)) {
    const schema = schemaOf(response);
    if (status >= 400) parts.push(`**${status}**: an [error](errors.md).`);
    else if (rowsOf(schema).length > 0) parts.push(`**${status}** is JSON:`, table(schema));
    else parts.push(`**${status}**: JSON.`);
  }
  return parts;
}

const schemaOf = ({content}) => content?.['application/json']?.schema ?? {};

function table(schema) {
  return ['| member | type | meaning |', '|---|---|---|', ...rowsOf(schema)].join('\n');
}

/** A row for each member; those of lists and objects follow with their path. */
function rowsOf(schema, prefix = '') {
  const {properties = {}, required = []} = schema;
  return Object.entries(properties).flatMap(([name, member]) => {
    const isList = member.type === 'array';
    const path = `${prefix}${name}`;
    const optional = required.includes(name) ? '' : ', optional';
    const inner = isList ? member.items : member;
    const row = `| \`${path}${isList ? '[]' : ''}\` | ${typeOf(member)}${optional} | ${member.description ?? ''} |`;
    return [row, ...rowsOf(inner ?? {}, `${path}${isList ? '[]' : ''}.`)];
  });
}

function typeOf(schema) {
  const {type, anyOf, const: value, items} = schema;
  if (value !== undefined) return `\`${JSON.stringify(value)}\``;
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (type === 'array') return `list of ${typeOf(items ?? {})}s`.replace('anys', 'values');
  return type ?? 'any';
}
