import {styleText} from 'node:util';

/** Writes to stderr: lines that stay and, on a terminal, one line below them that changes. */
export type ConsoleLines = {
  /** A line that stays. */
  print(line: string): void;
  /** What is going on now; on no terminal it becomes a line that stays now and then. */
  progress(text: string): void;
  /** Takes the changing line away. */
  clearProgress(): void;
};

/** Lines that stay, one below the other: for a log, and beside another program that owns the terminal. */
export function plainLines(): ConsoleLines {
  const print = (line: string) => {
    process.stderr.write(`${line}\n`);
  };
  let told = '';
  let toldAt = 0;
  return {
    print,
    progress(text) {
      const isFurther = withoutNumbers(text) === withoutNumbers(told);
      if (text === told || (isFurther && performance.now() - toldAt < interval)) return;
      told = text;
      toldAt = performance.now();
      print(text);
    },
    clearProgress() {
      told = '';
    },
  };
}

/** Where every line stays, as in the log of a build, a long download is told this often. */
const interval = 5000;

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '');
}

/** The changing line needs a library that only a terminal is made to load. */
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

/** Styles text for a stream: colours only on a terminal, and not where NO_COLOR forbids them. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return isColoured(stream) ? styleText(style, text, {validateStream: false}) : text;
}

const coloured = new WeakMap<NodeJS.WriteStream, boolean>();

/** Asked once for each stream: Node looks at a dozen variables to tell. */
function isColoured(stream: NodeJS.WriteStream): boolean {
  const known = coloured.get(stream) ?? styleText('bold', '-', {stream, validateStream: true}) !== '-';
  coloured.set(stream, known);
  return known;
}

type Style = Extract<Parameters<typeof styleText>[0], string>;
