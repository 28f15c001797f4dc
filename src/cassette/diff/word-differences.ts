import {sequenceDifferences} from './sequence-differences.js';

/** A piece of a text, and whether it stands on both sides or on one. */
export type TextPiece = {readonly kind: 'same' | 'removed' | 'added'; readonly text: string};

/** How one text becomes the other, word by word; words are those of the language, also where no spaces stand between them. */
export function wordDifferences(before: string, after: string): readonly TextPiece[] {
  return differencesOf(before, after, splitWords);
}

/** The same line by line; a line includes its break. */
export function lineDifferences(before: string, after: string): readonly TextPiece[] {
  return differencesOf(before, after, text => text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

function differencesOf(
  before: string,
  after: string,
  split: (text: string) => readonly string[],
): readonly TextPiece[] {
  return sequenceDifferences(split(before), split(after)).map(({kind, items}) => ({
    kind,
    text: items.join(''),
  }));
}

const segmenter = new Intl.Segmenter('und', {granularity: 'word'});

function splitWords(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({segment}) => segment);
}
