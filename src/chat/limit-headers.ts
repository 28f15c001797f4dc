/** Headers of an upstream's error that are for the client: when to ask again, and its rate limits. */
const limitHeader = /^(retry-after(-ms)?|x-should-retry|(x-|anthropic-)?ratelimit-.*)$/;

export function limitHeaders(
  received: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, string>> | undefined {
  const found = Object.entries(received).filter(([name]) => limitHeader.test(name.toLowerCase()));
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
