/**
 * Splits a request target. Clients that use retake as an HTTP proxy send the absolute form, `GET http://localhost:8090/v1/models`; all others
 * send the path alone.
 */
export function splitTarget(target: string): {readonly host: string | undefined; readonly path: string} {
  if (target.startsWith('/')) return {host: undefined, path: target};
  const [, host, path = ''] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)(.*)$/i.exec(target) ?? [];
  if (host === undefined) return {host, path: target};
  return {host, path: path.startsWith('/') ? path : `/${path}`};
}
