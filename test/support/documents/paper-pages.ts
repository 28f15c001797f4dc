import type {PdfPage} from './build-pdf.js';

const words =
  'the of a to in is trace loop machine compiler that records type values each path code with which program native branch guard exit tree inner outer call stack frame we show when for as an it are by on interpreter dynamic language memory side execution this can hot'.split(
    ' ',
  );
const linesOfPage = 74;
const wordsOfLine = 16;

/** Pages as dense as those of a scientific paper: some 5,000 letters each, and a figure on every third one. */
export function paperPages(count: number): readonly PdfPage[] {
  const next = numbers();
  const line = () => Array.from({length: wordsOfLine}, () => words[next() % words.length]).join(' ');
  return Array.from({length: count}, (_, page) => {
    const hasFigure = page % 3 === 0;
    const lines = Array.from({length: hasFigure ? linesOfPage - 22 : linesOfPage}, line);
    return {lines: [`${page + 1}. Section`, ...lines], fontSize: 8, figure: hasFigure};
  });
}

/** The same numbers each time, in an order that does not compress (a linear congruential generator). */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
