import type {Interaction} from '../cassette/cassette.js';
import {answerOf, type RecordedAnswer} from '../cassette/compare/answer.js';
import {hiddenCharacters} from '../cassette/compare/look-alike.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {type InteractionRow, readInteraction, readView} from '../cassette/rows/interaction-row.js';
import {settingsRows} from '../cassette/rows/settings-rows.js';
import type {StoredCassette} from '../cassette/rows/stored-cassette.js';
import {formatJson, isJsonObject, type JsonValue, listOf, stringifyJson} from '../chat/json.js';
import {answerText, describeProvenance} from './answer-text.js';
import {printableLine} from './printable.js';
import {indented, turnLines} from './text/turn-lines.js';

/**
 * A cassette as text for a comparison by lines. The same content gives the same text. Interactions are sorted by their requests, so that
 * a reworded one stays near its place. Each ends with model and time, which matter least. Lines without indentation are retake's own;
 * recorded text is indented.
 */
export async function* cassetteText(cassette: StoredCassette, shown: string): AsyncIterable<string> {
  yield lines([
    'settings',
    ...settingsRows(cassette.keySettings, {withDocuments: cassette.hasDocuments}).flatMap(({name, value}) =>
      indented(`${name}: ${value}`),
    ),
  ]);
  for (const {key} of inOrderOfQuestions(cassette, shown)) {
    const row = cassette.find(key);
    if (row) yield lines(['', ...(await interactionLines(readInteraction(shown, row)))]);
  }
}

type Question = {readonly key: CassetteKey; readonly question: string};

function inOrderOfQuestions(cassette: StoredCassette, shown: string): readonly Question[] {
  const questions: Question[] = [];
  for (const {row} of cassette.rows()) questions.push({key: row.key, question: questionIn(shown, row)});
  return questions.sort((a, b) => compareText(a.question, b.question) || compareText(a.key, b.key));
}

function questionIn(shown: string, row: InteractionRow): string {
  return questionOf(readView(shown, row).view, 1000);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function interactionLines({key, view, takes}: Interaction): Promise<readonly string[]> {
  const {operation, turns, tools, ...settings} = view;
  const answers = await Promise.all(takes.map(answerOf));
  const count = answers.length;
  return [
    printableLine(`interaction ${JSON.stringify(questionOf(view))}`),
    ...(operation === 'chat' ? [] : [printableLine(`operation ${String(operation)}`)]),
    ...listOf(turns).flatMap(turn => withHidden(turnLines(turn), turn)),
    ...listOf(tools).flatMap(tool => withHidden(toolLines(tool), tool)),
    ...(Object.keys(settings).length > 0 ? ['asked with', ...indented(formatJson(settings))] : []),
    ...answers.flatMap((answer, index) => [
      count > 1 ? `answer ${index + 1} of ${count}` : 'answer',
      ...withHidden(answerLines(answer), answerText(answer)),
    ]),
    'recorded',
    ...indented(`key ${key}`),
    ...answers.flatMap(answer => indented(printableLine(describeProvenance(answer)))),
  ];
}

/** Lines that can look the same although they are not: the code points of what cannot be seen in them follow. */
function withHidden(text: readonly string[], value: JsonValue): readonly string[] {
  const hidden = hiddenCharacters(stringsIn(value).join('\n'));
  return hidden === undefined ? text : [...text, `hidden characters: ${hidden}`];
}

function stringsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}

function toolLines(tool: JsonValue): readonly string[] {
  const name = isJsonObject(tool) && typeof tool['name'] === 'string' ? tool['name'] : '';
  return [printableLine(`tool ${name}`), ...indented(formatJson(tool))];
}

function answerLines(answer: RecordedAnswer): readonly string[] {
  const {candidates, embeddings = [], ...rest} = answer;
  const said = answerText({...rest, candidates});
  return [
    ...(said === '' ? [] : indented(said)),
    ...embeddings.flatMap(vector => indented(stringifyJson(vector))),
    ...indented(
      answer.error
        ? '(a recorded error)'
        : `(ends with ${candidates.map(({finish}) => finish.unified).join(', ')})`,
    ),
  ];
}

function lines(list: readonly string[]): string {
  return `${list.join('\n')}\n`;
}
