type Call = {
  readonly call: string;
  readonly id: string | undefined;
  readonly name: string;
  isAnswered: boolean;
};

/**
 * Matches tool results to calls. Both may lack an id: then a result belongs to the first call of its function without a result. A result
 * without a call gets an id of its own.
 */
export class CallNames {
  readonly #calls: Call[] = [];
  #strays = 0;

  begin(id: string | undefined, name: string): string {
    const call = `${this.#calls.length + 1}`;
    this.#calls.push({call, id, name, isAnswered: false});
    return call;
  }

  answer(id: string | undefined, name: string): string {
    const open = this.#calls.filter(({isAnswered}) => !isAnswered);
    const found =
      (id !== undefined && open.find(call => call.id === id)) ||
      open.find(call => call.name === name && (id === undefined || call.id === undefined));
    if (!found) return `stray-${++this.#strays}`;
    found.isAnswered = true;
    return found.call;
  }
}
