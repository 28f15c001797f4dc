/** The end of the JSON object that begins at `start`, ignoring brackets inside strings; undefined if it does not end. */
export function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      index = endOfString(text, index);
      continue;
    }
    if (character === '{' || character === '[') depth++;
    if ((character === '}' || character === ']') && --depth === 0) return index + 1;
  }
  return undefined;
}

/** The text of a member of a JSON object, exactly as it was written: digits, spaces and the order of members. `json` must be valid. */
export function memberText(json: string, name: string): string | undefined {
  let depth = 0;
  let key: string | undefined;
  let start = 0;
  for (let index = 0; index < json.length; index++) {
    const character = json[index];
    if (character === '"') {
      const end = endOfString(json, index);
      if (depth === 1 && key === undefined && start === 0)
        key = String(JSON.parse(json.slice(index, end + 1)));
      index = end;
    } else if (character === ':' && depth === 1) start = index + 1;
    else if (depth === 1 && (character === ',' || character === '}')) {
      if (key === name) return json.slice(start, index).trim();
      key = undefined;
      start = 0;
      if (character === '}') depth--;
    } else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
  }
  return undefined;
}

/** The index of the closing quote of the string that opens at `start`, or the length of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '"') return index;
  }
  return text.length;
}
