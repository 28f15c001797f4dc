/** The totals so far. */
export const counts = {passed: 0, failed: 0, skipped: 0};

const signs = {passed: '✔', failed: '✘', skipped: '- skipped:'};

/** One step of the test. A failure is counted and thrown, because the next steps depend on it. */
export async function check(title, step) {
  const start = Date.now();
  try {
    await step();
  } catch (error) {
    report('failed', `${title}\n${error.message}`.replaceAll('\n', '\n    '));
    throw Object.assign(error, {isCounted: true});
  }
  report('passed', `${title} (${Math.round((Date.now() - start) / 1000)} s)`);
}

export function report(outcome, text) {
  counts[outcome]++;
  console.log(`${signs[outcome]} ${text}`);
}
