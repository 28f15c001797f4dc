import type {AnswerChunk} from '../../../chat/chunk.js';
import type {ChatRequest} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import {isRejectedSchema} from '../schemas/rejected-schema.js';
import {callSchema} from './call-schema.js';
import {callGrammar, type ToolGrammars} from './tool-grammars.js';

export type Ask = (request: ChatRequest) => AsyncIterable<AnswerChunk>;

/** Tools that the model may call, and the grammars that the engine can follow. */
export type Callable = {readonly tools: readonly Tool[]; readonly grammars: ToolGrammars};

/** Asks for a call and nothing else: with the grammar of the tool if there is one tool and it has one, and otherwise with a schema. */
export async function* askToCall(
  request: ChatRequest,
  {tools, grammars}: Callable,
  ask: Ask,
): AsyncGenerator<AnswerChunk> {
  const {output: _output, extras = {}, ...rest} = request;
  const [only] = tools;
  const grammar = tools.length === 1 && only ? grammars.get(only.name) : undefined;
  if (only && grammar && !('grammar' in extras)) {
    let hasStarted = false;
    try {
      for await (const chunk of ask({
        ...rest,
        extras: {...extras, grammar: callGrammar(only.name, grammar)},
      })) {
        hasStarted = true;
        yield chunk;
      }
      return;
    } catch (error) {
      if (hasStarted || !isRejectedSchema(error)) throw error;
    }
  }
  yield* askConstrained(request, isLoose => callSchema(tools, isLoose), ask);
}

/** Asks for an answer that matches a schema; with a loose schema if the server rejects it, because calls are checked anyway. */
export async function* askConstrained(
  request: ChatRequest,
  schemaOf: (isLoose: boolean) => OutputSchema,
  ask: Ask,
): AsyncGenerator<AnswerChunk> {
  let hasStarted = false;
  try {
    for await (const chunk of ask(constrainedTo(request, schemaOf(false)))) {
      hasStarted = true;
      yield chunk;
    }
  } catch (error) {
    if (hasStarted || !isRejectedSchema(error)) throw error;
    yield* ask(constrainedTo(request, schemaOf(true)));
  }
}

type OutputSchema = ReturnType<typeof callSchema>;

function constrainedTo(request: ChatRequest, schema: OutputSchema): ChatRequest {
  return {...request, output: {type: 'json-schema', schema}};
}
