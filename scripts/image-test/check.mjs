/** What was found so far. */
export const counts = {passed: 0, failed: 0, skipped: 0};

const signs = {passed: '✔', failed: '✘', skipped: '- skipped:'};

/** One step of the story. A failure is counted and thrown on: the steps that follow build on it. */
export async function check(title, step) {
  const start = Date.now();
  try {
    await step();
  } catch (error) {
    tell('failed', `${title}\n${error.message}`.replaceAll('\n', '\n    '));
    throw Object.assign(error, {isCounted: true});
  }
  tell('passed', `${title} (${Math.round((Date.now() - start) / 1000)} s)`);
}

export function tell(outcome, text) {
  counts[outcome]++;
  console.log(`${signs[outcome]} ${text}`);
}
