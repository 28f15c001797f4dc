import type {RecordedAnswer} from '../../cassette/compare/answer.js';
import type {Change} from '../../cassette/compare/change.js';
import {type TextPiece, wordDifferences} from '../../cassette/compare/word-differences.js';
import {answerText, comparedTexts, describeProvenance} from '../answer-text.js';
import {html, type Markup} from './markup.js';
import {renderMarkdown} from './rendered-markdown.js';

/** The answers of both sides next to each other, optionally with the differing words marked. */
export function showAnswers(change: Change, isMarked: boolean): Markup {
  switch (change.verdict) {
    case 'added':
      return html`${change.after.answers.map(answer => showOne(answer, 'now', isMarked))}`;
    case 'removed':
      return html`${change.before.answers.map(answer => showOne(answer, 'was', isMarked))}`;
    default: {
      const {askings} = change;
      return html`${askings.map(({asking, before, after, findings}) => {
        const title = askings.length > 1 ? html`<h3>Asking ${asking} of ${askings.length}</h3>` : undefined;
        return findings.length === 0 && askings.length > 1
          ? html`${title}<p class="same">as before</p>`
          : html`${title}${showPair(before, after, isMarked)}`;
      })}`;
    }
  }
}

function showOne(answer: RecordedAnswer, side: 'was' | 'now', isMarked: boolean): Markup {
  return showSingleAnswer(answer, {side, title: side, isMarked});
}

/** An answer that is compared with nothing. */
export function showSingleAnswer(
  answer: RecordedAnswer,
  {
    side = 'now',
    title,
    isMarked = true,
  }: {readonly side?: 'was' | 'now'; readonly title: string; readonly isMarked?: boolean},
): Markup {
  const pieces: TextPiece[] = [{kind: 'same', text: answerText(answer)}];
  return html`<div class="answers">${showAnswer(answer, side, {title, pieces, isMarked})}</div>`;
}

/** Two texts next to each other, below their titles, optionally with only the differing words marked. */
export function showTexts(
  {title: was, text: before}: TitledText,
  {title: now, text: after}: TitledText,
  isMarked: boolean,
): Markup {
  const pieces = differencesOf(before, after, isMarked);
  const of = (other: TextPiece['kind']) => markPieces(pieces.filter(({kind}) => kind !== other));
  return html`<div class="answers">
<div class="answer was"><h4>${was}</h4><pre>${of('added')}</pre></div>
<div class="answer now"><h4>${now}</h4><pre>${of('removed')}</pre></div>
</div>`;
}

export type TitledText = {readonly title: string; readonly text: string};

function showPair(before: RecordedAnswer, after: RecordedAnswer, isMarked: boolean): Markup {
  const pieces = differencesOf(...comparedTexts(before, after), isMarked);
  return html`<div class="answers">
${showAnswer(before, 'was', {pieces: pieces.filter(({kind}) => kind !== 'added'), isMarked})}
${showAnswer(after, 'now', {pieces: pieces.filter(({kind}) => kind !== 'removed'), isMarked})}
</div>`;
}

type ShownAnswer = {
  readonly title?: string;
  readonly pieces: readonly TextPiece[];
  readonly isMarked: boolean;
};

/** The text of an answer, and beside it what its Markdown looks like. */
function showAnswer(
  answer: RecordedAnswer,
  side: 'was' | 'now',
  {title = side, pieces, isMarked}: ShownAnswer,
): Markup {
  const markdown = isMarked ? renderMarkdown(answerText(answer)) : undefined;
  const rendered = markdown && html`<div class="rendered">${markdown}</div>`;
  const button =
    markdown && html` <button type="button" class="render" aria-pressed="false" hidden>rendered</button>`;
  const said = pieces.some(({text}) => text !== '') ? markPieces(pieces) : html`<em>nothing was said</em>`;
  return html`<div class="answer ${side}"><h4>${title}${button}</h4><pre>${said}</pre>${rendered}<p class="provenance">${describeProvenance(answer)}</p></div>`;
}

function differencesOf(before: string, after: string, isMarked: boolean): readonly TextPiece[] {
  if (before === after) return [{kind: 'same', text: after}];
  if (isMarked) return wordDifferences(before, after);
  return [
    {kind: 'removed', text: before},
    {kind: 'added', text: after},
  ];
}

/** Both sides of a changed text. */
export function markChange(before: string, after: string, isMarked: boolean): Markup {
  return markPieces(differencesOf(before, after, isMarked));
}

function markPieces(pieces: readonly TextPiece[]): Markup {
  return html`${pieces.map(markPiece)}`;
}

function markPiece({kind, text}: TextPiece): Markup {
  switch (kind) {
    case 'same':
      return html`${text}`;
    case 'removed':
      return html`<del>${text}</del>`;
    case 'added':
      return html`<ins>${text}</ins>`;
  }
}
