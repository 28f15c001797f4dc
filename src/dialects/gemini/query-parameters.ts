import {RetakeError} from '../../errors.js';

/** Transport parameters and credentials: https://cloud.google.com/apis/docs/system-parameters */
const systemParameters = new Set([
  '$.xgafv',
  'access_token',
  'alt',
  'callback',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'upload_protocol',
  'uploadType',
  'userProject',
]);

/** The requested transport of the answer; default `json`. `fields` are the parameters of the method. */
export function decodeAlt(
  query: URLSearchParams,
  formats: readonly string[],
  fields: readonly string[] = [],
): string {
  for (const name of query.keys()) {
    const isKnown = systemParameters.has(name) || name.startsWith('$') || fields.includes(name);
    if (!isKnown) throw unknownParameter(name);
  }
  const asked = query.get('alt') ?? query.get('$alt') ?? 'json';
  // Generated clients write `json;enum-encoding=int`; names are valid ProtoJSON all the same.
  const [format = ''] = asked.split(';');
  if (!formats.includes(format)) {
    const message = `Invalid value "${asked}" for the parameter alt: this method answers ${formats.join(' or ')}.`;
    throw new RetakeError('invalid_request', message, {field: 'alt'});
  }
  return format;
}

/** The parameters that change how an answer is written: server-sent events or an array, and which of its fields. */
export function wireVariant(query: URLSearchParams): string {
  const given = ['alt', '$alt', 'fields', 'prettyPrint', 'callback'].flatMap(name =>
    query.getAll(name).map(value => `${name}=${value}`),
  );
  return given.length > 0 ? `?${given.join('&')}` : '';
}

function unknownParameter(name: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`,
    {field: name},
  );
}
