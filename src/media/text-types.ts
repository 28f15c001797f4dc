/** Text types besides `text/*`. */
const textTypes = new Set([
  'application/ecmascript',
  'application/graphql',
  'application/javascript',
  'application/json',
  'application/json5',
  'application/jsonl',
  'application/csv',
  'application/ld+json',
  'application/markdown',
  'application/ndjson',
  'application/rtf',
  'application/sql',
  'application/toml',
  'application/typescript',
  'application/x-httpd-php',
  'application/x-javascript',
  'application/x-json',
  'application/x-latex',
  'application/x-ndjson',
  'application/x-python',
  'application/x-python-code',
  'application/x-sh',
  'application/x-sql',
  'application/x-tex',
  'application/x-typescript',
  'application/x-yaml',
  'application/xhtml+xml',
  'application/xml',
  'application/yaml',
]);

export function isTextType(essence: string): boolean {
  if (essence.startsWith('text/') || textTypes.has(essence)) return true;
  return /\+(?:json|xml|yaml)$/.test(essence) && essence !== 'image/svg+xml';
}
