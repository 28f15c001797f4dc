import {fault} from '../invalid-value.js';

/** The rule of the API that the next message answers all tool calls, and only those. */
export class ToolHistory {
  #asked: readonly string[] = [];
  #askedAt = '';
  #asking: string[] = [];
  #answered = new Set<string>();

  /** Starts a message at this path. */
  begin(path: string): void {
    this.#requireAnswers();
    this.#asked = this.#asking;
    this.#askedAt = this.#asked.length > 0 ? this.#askedAt : '';
    this.#asking = [];
    this.#answered = new Set();
    this.#path = path;
  }

  #path = '';

  ask(id: string): void {
    this.#asking.push(id);
    this.#askedAt = this.#path;
  }

  answer(id: string, path: string): void {
    if (!this.#asked.includes(id)) {
      throw fault(
        path,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
    this.#answered.add(id);
  }

  /** Ends the conversation. */
  end(): void {
    this.#requireAnswers();
    if (this.#asking.length > 0) throw unanswered(this.#askedAt, this.#asking);
  }

  #requireAnswers(): void {
    const open = this.#asked.filter(id => !this.#answered.has(id));
    if (open.length > 0) throw unanswered(this.#askedAt, open);
  }
}

function unanswered(path: string, ids: readonly string[]): Error {
  return fault(
    path,
    `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}
