import type {Address} from '../dialects/dispatch.js';

/** The paths that retake serves for itself, beside those of the APIs. */
const servicePaths = new Set(['/health', '/healthz', '/readyz', '/metrics']);

/** The folder of the control API. */
export const controlRoot = '/_retake';

/** The page on which people look at requests and cassettes. */
export const inspectorRoot = `${controlRoot}/ui`;

type Arrived = {
  readonly address: Pick<Address, 'path' | 'prefix'>;
  readonly request: {readonly method?: string | undefined};
};

/** The route of a request for retake itself; undefined for one of an API. */
export function serviceRoute({address: {path, prefix}, request: {method}}: Arrived): string | undefined {
  if (prefix !== undefined) return undefined;
  if (path === controlRoot || path.startsWith(`${controlRoot}/`)) return controlRoot;
  if (path === '/') return method === 'GET' || method === 'HEAD' ? path : undefined;
  return servicePaths.has(path) ? path : undefined;
}

export function isService(arrived: Arrived): boolean {
  return serviceRoute(arrived) !== undefined;
}

/** Whether a request only asks if the server is there: orchestrators address it by IP, so any Host is answered. */
export function isProbe({
  method,
  url,
}: {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}): boolean {
  return (method === 'GET' || method === 'HEAD') && /^\/(?:healthz|readyz)(?:\?|$)/.test(url ?? '');
}
