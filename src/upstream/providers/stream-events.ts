/** An event of a provider's stream, or an element of Gemini's JSON array. */
export type StreamEvent = {readonly event?: string | undefined; readonly data: string};

/** Finds the events in a body whose bytes come in any pieces. */
export type EventSplitter = {
  push(bytes: Uint8Array): readonly StreamEvent[];
  /** The events that only the end of the body ends. */
  end(): readonly StreamEvent[];
  /** Whether nothing is left of an event that has begun. */
  isComplete(): boolean;
};

/** Splits server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). */
export function splitServerSentEvents(): EventSplitter {
  const decoder = new TextDecoder();
  let rest = '';
  let event: string | undefined;
  let data: string[] = [];
  const readLine = (line: string): StreamEvent | undefined => {
    if (line === '') {
      const ended = data.length > 0 ? {event, data: data.join('\n')} : undefined;
      event = undefined;
      data = [];
      return ended;
    }
    const [, field, value = ''] = /^(event|data)(?::\x20?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    return undefined;
  };
  const readLines = (): readonly StreamEvent[] => {
    const events: StreamEvent[] = [];
    let start = 0;
    // A carriage return at the end may be the first half of a line end.
    for (const {index, 0: end} of rest.matchAll(/\r\n|\n|\r(?!$)/g)) {
      const found = readLine(rest.slice(start, index));
      start = index + end.length;
      if (found) events.push(found);
    }
    rest = rest.slice(start);
    return events;
  };
  return {
    push(bytes) {
      rest += decoder.decode(bytes, {stream: true});
      return readLines();
    },
    end() {
      if (rest.endsWith('\r')) rest += '\n';
      return readLines();
    },
    isComplete: () => rest.trim() === '' && data.length === 0,
  };
}

/** Splits a JSON array into its elements, or yields one value that is no array. */
export function splitArray(): EventSplitter {
  const decoder = new TextDecoder();
  let current = '';
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let isArray: boolean | undefined;
  let isClosed = false;
  return {
    push(bytes) {
      const events: StreamEvent[] = [];
      for (const character of decoder.decode(bytes, {stream: true})) {
        if (isArray === undefined) {
          if (character.trim() === '' || character === '\uFEFF') continue;
          isArray = character === '[';
          if (isArray) continue;
        }
        if (!inString && depth === 0 && (/[\s,]/.test(character) || (isArray && character === ']'))) {
          if (character === ']') isClosed = true;
          continue;
        }
        current += character;
        if (inString) {
          if (isEscaped) isEscaped = false;
          else if (character === '\\') isEscaped = true;
          else if (character === '"') inString = false;
        } else if (character === '"') inString = true;
        else if (character === '{' || character === '[') depth++;
        else if (character === '}' || character === ']') depth--;
        if (depth === 0 && !inString && /[}\]]/.test(character)) {
          events.push({data: current});
          current = '';
          isClosed = !isArray;
        }
      }
      return events;
    },
    end: () => [],
    isComplete: () => isClosed && current === '' && depth === 0,
  };
}
