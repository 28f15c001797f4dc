import type {Interaction} from '../../cassette/cassette.js';
import {answerOf} from '../../cassette/compare/answer.js';
import {mediaOf} from '../../cassette/compare/media-changes.js';
import {showSingleAnswer} from '../../report/html/answers.js';
import {html, type Markup} from '../../report/html/markup.js';
import {showMediaRow} from '../../report/html/media.js';
import {showConversation} from '../../report/html/request.js';
import type {FindThumbnail} from '../../report/thumbnail.js';

/** A recorded request with some of its answers, or with all of them. */
export function showRecorded(
  {view, takes}: Interaction,
  {thumbnail, takes: wanted}: {readonly thumbnail: FindThumbnail; readonly takes?: readonly number[]},
): Markup {
  const answers = takes.flatMap((take, index) => {
    if (wanted && !wanted.includes(index)) return [];
    const title = takes.length > 1 ? `answer ${index + 1} of ${takes.length}` : 'answer';
    return [showSingleAnswer(answerOf(take), {title})];
  });
  return html`${answers}
<h3>Request</h3>
${showMediaRow('shown', mediaOf(view), thumbnail)}
${showConversation(view, view, {folded: 'all settings'})}`;
}
