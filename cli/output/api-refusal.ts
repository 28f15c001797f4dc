/** The line about a request that was answered although the real API refuses it. */
export function describeApiRefusal(message: string): string {
  return `retake: the real API refuses a request: ${message} (--strict-api error makes it fail here, too)`;
}
