import type {Span} from './long-base64.js';

/**
 * One pass outside the strings: how many object members are written, how deep, whether any number may need more than a double, where names
 * begin that look like integers, and where long strings are. The grammar is the parser's business; comparing `memberCount` with what was
 * parsed reveals keys given twice.
 */
export function scanStructure(text: string): {
  memberCount: number;
  depth: number;
  hasLongNumber: boolean;
  integerNames: readonly number[];
  longStrings: readonly Span[];
} {
  const integerNames: number[] = [];
  const longStrings: Span[] = [];
  let memberCount = 0;
  let depth = 0;
  let open = 0;
  let digits = 0;
  let hasLongNumber = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= zero && code <= nine) {
      digits++;
      hasLongNumber ||= digits === longNumber;
      continue;
    }
    hasLongNumber ||= digits > 0 && (code === smallE || code === capitalE);
    digits = 0;
    if (code === quote) {
      const start = index;
      index = endOfString(text, start);
      if (isIntegerName(text, start, index)) integerNames.push(start);
      else if (index - start > longString && !isName(text, index)) longStrings.push({start, end: index});
    } else if (code === colon) memberCount++;
    else if (code === openBrace || code === openBracket) depth = Math.max(depth, ++open);
    else if (code === closeBrace || code === closeBracket) open--;
  }
  return {memberCount, depth, hasLongNumber, integerNames, longStrings};
}

/** Whether the string between these quotes is digits alone, and the name of a member. */
function isIntegerName(text: string, start: number, end: number): boolean {
  if (end - start < 2 || end - start > longestInteger + 1) return false;
  for (let index = start + 1; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code < zero || code > nine) return false;
  }
  return isName(text, end);
}

/** Whether the string that ends with this quotation mark is the name of a member. */
function isName(text: string, end: number): boolean {
  let next = end + 1;
  while (isSpace(text.charCodeAt(next))) next++;
  return text.charCodeAt(next) === colon;
}

/** Longer strings can be attachments: a shorter one is parsed as fast as it is found. */
const longString = 64 * 1024;

/** Longer names keep their place: only indexes of arrays, below 2^32, lose it. */
const longestInteger = 10;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Fewer digits than this are always within a double. */
const longNumber = 16;
const zero = 0x30;
const nine = 0x39;
const smallE = 0x65;
const capitalE = 0x45;

const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** The index of the quotation mark that ends the string that begins at `start`; the length of the text if none does. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === backslash) first--;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}
