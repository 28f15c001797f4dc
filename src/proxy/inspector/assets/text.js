/** Control characters, marks that change the direction of writing, and characters without a width, as escapes: they could hide what a text says. */
export function printable(text) {
  return text.replaceAll(unsafe, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** An element with a class and a text. */
export function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = printable(String(text));
  return made;
}

/** The text that the server answers with. An error has its message and its hint. */
export async function fetchText(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error('retake does not answer. Is it still running?');
  }
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(messageOf(text) ?? `retake answered with the status ${response.status}`);
}

function messageOf(text) {
  try {
    const {message, hint} = JSON.parse(text).error;
    return [message, hint].filter(Boolean).join('\n');
  } catch {
    return undefined;
  }
}
