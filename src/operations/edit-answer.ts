import {cassettePaths} from '../cassette/file/cassette-paths.js';
import {openCommittedFile} from '../cassette/file/committed-file.js';
import {rewriteCassette} from '../cassette/file/rewrite-cassette.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {type EditableAnswer, editableAnswer, editTake} from '../cassette/maintenance/edited-answer.js';
import {type InteractionRow, readInteraction} from '../cassette/rows/interaction-row.js';
import {type StoredInteraction, withInteractions} from '../cassette/rows/stored-cassette.js';
import {takeRow} from '../cassette/rows/take-row.js';
import type {Take} from '../cassette/take.js';
import {RetakeError} from '../errors.js';

export type EditOptions = {
  readonly path: string;
  readonly key: CassetteKey;
  /** Which take, from 1. */
  readonly take: number;
  /** Shows the answer to a person, and resolves to what that left of it. */
  readonly edit: (answer: EditableAnswer & {readonly question: string}) => Promise<string>;
  /** The clock, in Unix milliseconds. */
  readonly now?: () => number;
  readonly log?: (message: string) => void;
};

export type {EditableAnswer} from '../cassette/maintenance/edited-answer.js';

/**
 * Lets a person change one answer; false when it was left as it is. Nothing is locked meanwhile, so what was recorded in between is
 * checked for at the end.
 * @throws RetakeError `invalid_request` for what is no answer, `not_found` when the take is not there any more
 */
export async function editAnswer({
  path,
  key,
  take: number,
  edit,
  now = Date.now,
  log,
}: EditOptions): Promise<boolean> {
  const paths = cassettePaths(path);
  const file = openCommittedFile(paths);
  const before = file?.find(key);
  file?.close();
  const {take, question} = takeIn(path, before, number);
  const text = await edit({...editableAnswer(take), question});
  const edited = await editTake(take, text, now());
  if (!edited) return false;
  const row = takeRow(key, edited);
  const digest = before?.takes[number - 1]?.digest;
  return rewriteCassette(
    paths,
    async current => {
      const found = current?.find(key);
      if (!current || !found || !digest || !found.takes[number - 1]?.digest.equals(digest)) {
        throw new RetakeError('not_found', `The take was recorded anew while it was edited`, {
          hint: 'Nothing was changed. Edit the one that is there now.',
        });
      }
      const takes = found.takes.map((one, index) => (index === number - 1 ? row : one));
      const interactions = replaced(current.rows(), {...found, takes});
      return {content: withInteractions(current, interactions), result: true};
    },
    log,
  );
}

function takeIn(
  path: string,
  row: InteractionRow | undefined,
  number: number,
): {readonly take: Take; readonly question: string} {
  if (!row) throw new RetakeError('not_found', `${path} has no such interaction`);
  const {view, takes} = readInteraction(path, row);
  const take = takes[number - 1];
  if (take) return {take, question: questionOf(view)};
  throw new RetakeError('not_found', `There is no take ${number}: the interaction has ${takes.length}`);
}

function* replaced(rows: Iterable<StoredInteraction>, row: InteractionRow): Iterable<StoredInteraction> {
  for (const stored of rows) yield stored.row.key === row.key ? {...stored, row} : stored;
}
