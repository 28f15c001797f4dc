import type {Role} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';

/** The tool calls of a conversation, and the rule of the API that results follow them directly. */
export class CallHistory {
  #open: string[] = [];
  #last: readonly string[] = [];
  #functions = 0;
  readonly #openFunctions = new Map<string, string>();

  begin(id: string): void {
    this.#open.push(id);
    this.#last = [...this.#last, id];
  }

  /** A call in the older form has no id: the name of its function identifies it. */
  beginFunction(name: string): string {
    const call = `function ${++this.#functions}`;
    this.#openFunctions.set(name, call);
    return call;
  }

  /** Call it before each message. */
  expectAt(role: Role): void {
    if (role === 'tool') return;
    this.requireAnswers();
    this.#last = [];
  }

  answer(id: string, path: string): string {
    if (!this.#last.includes(id)) {
      throw new RetakeError(
        'invalid_request',
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        {field: `${path}.role`},
      );
    }
    this.#open = this.#open.filter(open => open !== id);
    return id;
  }

  answerFunction(name: string): string {
    return this.#openFunctions.get(name) ?? `function ${name}`;
  }

  requireAnswers(): void {
    if (this.#open.length === 0) return;
    throw new RetakeError(
      'invalid_request',
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${this.#open.join(', ')}`,
      {field: 'messages'},
    );
  }
}
