import {sequenceDifferences} from './sequence-differences.js';

/** A piece of a text, and whether it stands on both sides or on one. */
export type TextPiece = {readonly kind: 'same' | 'removed' | 'added'; readonly text: string};

/** How one text becomes the other, word by word; words are those of the language, also where no spaces stand between them. */
export function wordDifferences(before: string, after: string): readonly TextPiece[] {
  return joinBrokenRuns(differencesOf(before, after, splitWords));
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

/** A space or a colon that two phrases share by chance does not cut them up: `21:35` became `22:05`, and not its halves. */
function joinBrokenRuns(pieces: readonly TextPiece[]): readonly TextPiece[] {
  const joined: TextPiece[] = [];
  let [removed, added] = ['', ''];
  const finishRun = () => {
    if (removed !== '') joined.push({kind: 'removed', text: removed});
    if (added !== '') joined.push({kind: 'added', text: added});
    [removed, added] = ['', ''];
  };
  for (const [index, {kind, text}] of pieces.entries()) {
    const isBetweenChanges = (removed !== '' || added !== '') && index < pieces.length - 1;
    const joins = kind === 'same' && isBetweenChanges && !/[\p{L}\p{N}\n]/u.test(text);
    if (kind === 'same' && !joins) {
      finishRun();
      joined.push({kind, text});
    }
    if (kind === 'removed' || joins) removed += text;
    if (kind === 'added' || joins) added += text;
  }
  finishRun();
  return joined;
}

let segmenter: Intl.Segmenter | undefined;

function splitWords(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter('und', {granularity: 'word'});
  return Array.from(segmenter.segment(text), ({segment}) => segment);
}
