import {RetakeError} from '../../errors.js';

/** https://cloud.google.com/apis/docs/system-parameters: how the answer is to be carried, and who asks. */
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

/** How the client wants the answer carried: `json` unless it says otherwise. `fields` are the method's own parameters. */
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

function unknownParameter(name: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`,
    {field: name},
  );
}
