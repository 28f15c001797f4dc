/**
 * A stream that begins when its first item is asked for. In contrast to a generator that delegates to another stream, it costs nothing for
 * each item.
 */
export function deferStream<Item>(begin: () => Promise<AsyncIterable<Item>>): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]() {
      let begun: AsyncIterator<Item> | undefined;
      let beginning: Promise<AsyncIterator<Item>> | undefined;
      return {
        next() {
          if (begun) return begun.next();
          beginning ??= begin().then(stream => {
            begun = stream[Symbol.asyncIterator]();
            return begun;
          });
          return beginning.then(stream => stream.next());
        },
        async return() {
          // What never began has nothing to end, and what failed to begin has told so.
          const stream = await beginning?.catch(() => undefined);
          await stream?.return?.();
          return {done: true, value: undefined};
        },
      };
    },
  };
}
