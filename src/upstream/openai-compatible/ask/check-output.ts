import type {AnswerChunk, FinishReason} from '../../../chat/chunk.js';
import {isJsonObject, type JsonValue, parseJson} from '../../../chat/json.js';
import type {CallContext} from '../../../chat/model.js';
import type {OutputFormat} from '../../../chat/request.js';
import {checkSchema} from '../../local/tools/check-arguments.js';

/**
 * Passes on the answer of a server whose structured output is not known to be constrained. An answer that does not fit its format is
 * delivered with a warning. One that was cut off, refused or that calls tools is no structured answer.
 */
export function checkOutput(
  chunks: AsyncIterable<AnswerChunk>,
  output: OutputFormat | undefined,
  warn: CallContext['warn'] = () => {},
): AsyncIterable<AnswerChunk> {
  return output === undefined ? chunks : checkFormat(chunks, output, warn);
}

async function* checkFormat(
  chunks: AsyncIterable<AnswerChunk>,
  output: OutputFormat,
  warn: (text: string) => void,
): AsyncGenerator<AnswerChunk> {
  const texts = new Map<number, string>();
  const refused = new Set<number>();
  for await (const chunk of chunks) {
    if (chunk.type === 'text-delta' && chunk.refusal) refused.add(chunk.candidate);
    else if (chunk.type === 'text-delta')
      texts.set(chunk.candidate, (texts.get(chunk.candidate) ?? '') + chunk.text);
    if (chunk.type === 'reply-end') {
      const problems = chunk.finish.map((finish, candidate) =>
        refused.has(candidate) ? undefined : problemOf(texts.get(candidate) ?? '', finish, output),
      );
      const problem = (await Promise.all(problems)).find(found => found !== undefined);
      if (problem !== undefined) warn(problem);
    }
    yield chunk;
  }
}

async function problemOf(
  text: string,
  {unified}: FinishReason,
  output: OutputFormat,
): Promise<string | undefined> {
  if (unified !== 'stop' && unified !== 'other') return undefined;
  if (output.type === 'enum') {
    const values = isJsonObject(output.schema) ? output.schema['enum'] : undefined;
    const isOne = !Array.isArray(values) || values.includes(text);
    return isOne ? undefined : 'The answer is none of the words that the request allows.';
  }
  const value = jsonIn(text);
  if (value === undefined) return 'The answer is not JSON, which the request asks for.';
  if (output.type === 'json')
    return isJsonObject(value) ? undefined : 'The answer is not a JSON object, which the request asks for.';
  return (await fits(output.schema, text))
    ? undefined
    : 'The answer does not fit the JSON schema of the request.';
}

async function fits(schema: JsonValue, text: string): Promise<boolean> {
  try {
    return (await checkSchema(schema))(text);
  } catch {
    // The server accepted the schema and answered, so it is not an error here.
    return true;
  }
}

function jsonIn(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    // Not JSON, which is what is asked here.
    return undefined;
  }
}
