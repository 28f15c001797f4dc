import type {ExecutionContext} from 'ava';

/**
 * Checks that the output of a test framework explains the misses of the examples of the kits, whose prompt was changed from "What is the
 * capital of …" to "Which city is the capital of …" after the recording. One of their two tests ignores the missing answer.
 */
export function explainsChangedPrompt(t: ExecutionContext, output: string): void {
  t.regex(output, /retake: 1 request of this test has no recording/);
  for (const country of ['Italy', 'France']) {
    t.regex(output, new RegExp(`Asked: "Which city is the capital of ${country}\\?"`));
    t.regex(
      output,
      new RegExp(
        `Nearest recording [0-9a-f]{12}: "What is the capital of ${country}\\?"\\. It differs in\\s+- turn 1`,
      ),
    );
  }
  t.notRegex(output, /not requested by any test/, 'unused takes are named only if all tests passed');
}
