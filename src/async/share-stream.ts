/**
 * Shares one stream between all who ask for the same thing while it runs. Nobody leads: the stream goes on as long as anyone listens,
 * and is aborted when the last one leaves, so a client that goes away never takes the answer from another.
 */
export type SingleFlight<Item, Label> = {
  /** Joins the flight of that id until `signal` aborts, or begins one. The label is the same for all on board. */
  join(
    id: string,
    signal: AbortSignal,
    begin: (signal: AbortSignal) => Departure<Item, Label>,
  ): Departure<Item, Label>;
};

export type Departure<Item, Label> = {readonly label: Label; readonly items: AsyncIterable<Item>};

export function createSingleFlight<Item, Label>(): SingleFlight<Item, Label> {
  const flights = new Map<string, Flight<Item, Label>>();
  return {
    join(id, signal, begin) {
      const flight = flights.get(id) ?? takeOff(begin);
      if (!flights.has(id)) {
        flights.set(id, flight);
        // A turn of the event loop later, everybody who looked before the end has either joined or will find the result.
        void flight.landed.then(() => setImmediate(() => flights.get(id) === flight && flights.delete(id)));
      }
      return {
        label: flight.label,
        items: listen(flight, signal, () => flights.get(id) === flight && flights.delete(id)),
      };
    },
  };
}

type Flight<Item, Label> = {
  readonly label: Label;
  readonly items: Item[];
  readonly abort: AbortController;
  readonly landed: Promise<void>;
  end: 'flying' | 'complete' | {readonly error: unknown};
  passengers: number;
  /** Resolved, and replaced, whenever something happened. */
  news: {readonly promise: Promise<void>; readonly tell: () => void};
};

function takeOff<Item, Label>(begin: (signal: AbortSignal) => Departure<Item, Label>): Flight<Item, Label> {
  const abort = new AbortController();
  const {label, items} = begin(abort.signal);
  const {promise: landed, tell: land} = announcement();
  const flight: Flight<Item, Label> = {
    label,
    items: [],
    abort,
    landed,
    end: 'flying',
    passengers: 0,
    news: announcement(),
  };
  void fly(flight, items).finally(land);
  return flight;
}

async function fly<Item, Label>(flight: Flight<Item, Label>, items: AsyncIterable<Item>): Promise<void> {
  const tell = () => {
    const {news} = flight;
    flight.news = announcement();
    news.tell();
  };
  try {
    for await (const item of items) {
      flight.items.push(item);
      tell();
    }
    flight.end = 'complete';
  } catch (error) {
    flight.end = {error};
  }
  tell();
}

async function* listen<Item, Label>(
  flight: Flight<Item, Label>,
  signal: AbortSignal,
  leaveEmpty: () => void,
): AsyncIterable<Item> {
  flight.passengers++;
  const {promise: gone, tell: go} = announcement();
  signal.addEventListener('abort', go, {once: true});
  try {
    for (let index = 0; ; index++) {
      while (index >= flight.items.length && flight.end === 'flying' && !signal.aborted) {
        await Promise.race([flight.news.promise, gone]);
      }
      signal.throwIfAborted();
      const item = flight.items[index];
      if (index < flight.items.length && item !== undefined) yield item;
      else if (flight.end === 'complete') return;
      else if (flight.end !== 'flying') throw flight.end.error;
    }
  } finally {
    signal.removeEventListener('abort', go);
    flight.passengers--;
    if (flight.passengers === 0 && flight.end === 'flying') {
      leaveEmpty();
      flight.abort.abort();
    }
  }
}

function announcement(): {promise: Promise<void>; tell: () => void} {
  let tell = () => {};
  const promise = new Promise<void>(resolve => {
    tell = resolve;
  });
  return {promise, tell};
}
