import {endOfString} from '../../chat/scan-json.js';

/**
 * Stored chunks without their times and with their pieces joined, in the same form: it is read as the same answer. Found in the text alone,
 * without parsing it. Undefined if the text is not as retake writes it, or its pieces have more than lengths.
 */
export function untimedChunks(text: string): string | undefined {
  // Joined at the end: a text that grows by pieces of another keeps all of that in memory.
  const untimed: string[] = [];
  for (let index = 0; index < text.length - 1; ) {
    if (text[index] !== (index === 0 ? '[' : ',')) return undefined;
    timing.lastIndex = index + 1;
    if (!timing.test(text)) return undefined;
    const start = timing.lastIndex;
    const end = endOfObject(text, start);
    const isRun = text[index + 2] === '[';
    const before = isRun ? `[[[0,${lengthOfRun(text, index + 3, start)}]],` : '[0,';
    if (text[end] !== ']') return undefined;
    untimed.push(text.charAt(index), before, text.slice(start, end + 1));
    index = end + 1;
  }
  if (!text.endsWith(']]')) return undefined;
  untimed.push(']');
  return untimed.join('');
}

/** Whether two untimed texts are the same answer, whichever models gave it. */
export function isSameContent(a: string, b: string): boolean {
  return a === b || withoutStart(a) === withoutStart(b);
}

/** Within a string the quotation marks would be escaped. */
const startMark = '"type":"reply-start"}],';

function withoutStart(text: string): string {
  const start = text.indexOf(startMark);
  return start === -1 ? text : text.slice(start + startMark.length);
}

/** The time of a chunk, or the times and lengths of the pieces of a run, and nothing else. */
const timing = /\[(?:-?\d+|\[(?:\[-?\d+,\d+\],)*\[-?\d+,\d+\]\]),(?=\{)/y;

/** The sum of the lengths in `[at,length],[at,length]`. */
function lengthOfRun(text: string, start: number, end: number): number {
  let sum = 0;
  let number = 0;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code >= zero && code <= nine) number = number * 10 + code - zero;
    else {
      if (code === closeBracket) sum += number;
      number = 0;
    }
  }
  return sum;
}

/** The index after the brace that closes an object. */
function endOfObject(text: string, start: number): number {
  let open = 0;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index);
    else if (code === openBrace) open++;
    else if (code === closeBrace && --open === 0) return index + 1;
  }
  return text.length;
}

const zero = 0x30;
const nine = 0x39;
const quote = 0x22;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
