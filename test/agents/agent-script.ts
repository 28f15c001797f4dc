import {answering, chunk, type Script, usageChunk} from '../support/scripted-upstream.js';

/** A tool by the last part of its name, and the arguments of its calls, one after the other. */
export type ToolScript = {readonly tool: string; readonly calls: readonly object[]};

/** OpenAI's namespaces are flattened with two underscores. */
const nameParts = /__|\./;

/**
 * A model that makes each call of the script, and answers with what it found in the results. Requests that have no such tool, such as for a
 * title, get a short text.
 */
export function agentScript({tool, calls}: ToolScript): Script {
  return exchange => {
    const {messages, tools = []} = exchange.request.body;
    const names: readonly string[] = tools.map((given: {function: {name: string}}) => given.function.name);
    const name = names.find(given => given.split(nameParts).at(-1) === tool);
    if (name === undefined) return answering(['A title'])(exchange);
    const results = messages.filter(({role}: {role: string}) => role === 'tool');
    const next = calls[results.length];
    if (next === undefined) {
      const hasRead = results.every(({content}: {content: unknown}) =>
        JSON.stringify(content).includes('apple'),
      );
      return answering([hasRead ? 'The tool said ' : 'No tool said ', 'apple.'])(exchange);
    }
    return calling(name, next, results.length)(exchange);
  };
}

/** Answers with one tool call. */
function calling(name: string, given: object, index: number): Script {
  return async exchange => {
    const call = {index: 0, id: `call_${index}`, type: 'function'};
    const text = JSON.stringify(given);
    await exchange.event(
      chunk(0, {role: 'assistant', tool_calls: [{...call, function: {name, arguments: ''}}]}),
    );
    await exchange.event(chunk(0, {tool_calls: [{index: 0, function: {arguments: text}}]}));
    await exchange.event(chunk(0, {}, undefined, 'tool_calls'));
    await exchange.event(usageChunk(7, 3));
    await exchange.write('data: [DONE]\n\n');
    exchange.end();
  };
}
