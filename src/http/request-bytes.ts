/** The body as the content type parser returned it, which Fastify does not run for a request without a body. */
export function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}
