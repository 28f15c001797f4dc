import {styleText} from 'node:util';

/** Writes to stderr: lines that stay and, on a terminal, one line below them that changes. */
export type ConsoleLines = {
  /** A line that stays. */
  print(line: string): void;
  /** The current activity; without a terminal, printed as a line every few seconds. */
  progress(text: string): void;
  /** Removes the changing line. */
  clearProgress(): void;
};

/** Plain lines: for a log, or if another program owns the terminal. */
export function plainLines(): ConsoleLines {
  const print = (line: string) => {
    process.stderr.write(`${line}\n`);
  };
  let printed = '';
  let printedAt = 0;
  return {
    print,
    progress(text) {
      const isFurther = withoutNumbers(text) === withoutNumbers(printed);
      if (text === printed || (isFurther && performance.now() - printedAt < interval)) return;
      printed = text;
      printedAt = performance.now();
      print(text);
    },
    clearProgress() {
      printed = '';
    },
  };
}

/** How often a log gets a line about a long download, in milliseconds. */
const interval = 5000;

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '');
}

/** Loads the library for the changing line only on a terminal. */
export async function openConsoleLines(): Promise<ConsoleLines> {
  const plain = plainLines();
  if (!process.stderr.isTTY) return plain;
  const {createLogUpdate} = await import('log-update');
  const update = createLogUpdate(process.stderr, {showCursor: true});
  let current: string | undefined;
  const progress = (text: string) => {
    current = text;
    update(text);
  };
  return {
    print(line) {
      update.clear();
      plain.print(line);
      if (current !== undefined) progress(current);
    },
    progress,
    clearProgress() {
      current = undefined;
      update.clear();
    },
  };
}

/** Styles text for a stream: colours only on a terminal, and not if NO_COLOR is set. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return isColoured(stream) ? styleText(style, text, {validateStream: false}) : text;
}

const coloured = new WeakMap<NodeJS.WriteStream, boolean>();

/** Cached for each stream, because Node reads a dozen variables. */
function isColoured(stream: NodeJS.WriteStream): boolean {
  const isOn = coloured.get(stream) ?? styleText('bold', '-', {stream, validateStream: true}) !== '-';
  coloured.set(stream, isOn);
  return isOn;
}

type Style = Extract<Parameters<typeof styleText>[0], string>;
