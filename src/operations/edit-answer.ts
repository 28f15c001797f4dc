import {cassettePaths} from '../cassette/file/cassette-paths.js';
import {openCommittedFile} from '../cassette/file/committed-file.js';
import {rewriteCassette} from '../cassette/file/rewrite-cassette.js';
import type {CassetteKey, MatchingView} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {createStoredRedactor} from '../cassette/key/redact-stored.js';
import {isRaw} from '../cassette/key/redact-wire.js';
import {type EditableAnswer, editableAnswer, editTake} from '../cassette/maintenance/edited-answer.js';
import {type InteractionRow, readInteraction} from '../cassette/rows/interaction-row.js';
import {type StoredInteraction, withInteractions} from '../cassette/rows/stored-cassette.js';
import {takeRow} from '../cassette/rows/take-row.js';
import type {Take} from '../cassette/take.js';
import {RetakeError} from '../errors.js';

export type EditOptions = {
  readonly path: string;
  readonly key: CassetteKey;
  /** The number of the take, from 1. */
  readonly take: number;
  /** Shows the answer to a person; resolves to the edited text. */
  readonly edit: (answer: EditableAnswer & {readonly question: string}) => Promise<string>;
  /** The clock, in Unix milliseconds. */
  readonly now?: () => number;
  readonly log?: ((message: string) => void) | undefined;
};

export type EditResult = {
  readonly isChanged: boolean;
  /** Whether the edited answer contained secrets, which the redact rules of the cassette replaced. */
  readonly isRedacted: boolean;
  /** Whether the take had the bytes of its provider, which an edited answer does not fit: it is played from its chunks now. */
  readonly lostWire: boolean;
};

export type {EditableAnswer} from '../cassette/maintenance/edited-answer.js';

/**
 * Lets a person change one answer. The redact rules of the cassette apply to it as to a recorded one. Nothing is locked while the editor
 * is open, so the end checks for a recording made meanwhile.
 * @throws RetakeError `invalid_request` when the text is not an answer, `not_found` when the take is gone
 */
export async function editAnswer({
  path,
  key,
  take: number,
  edit,
  now = Date.now,
  log,
}: EditOptions): Promise<EditResult> {
  const paths = cassettePaths(path);
  const file = openCommittedFile(paths);
  const before = file?.find(key);
  const rules = file?.keySettings.redact ?? [];
  file?.close();
  const {take, view} = takeIn(path, before, number);
  refuseRaw(take);
  const editable = editableAnswer(take);
  const text = await edit({...editable, question: questionOf(view)});
  const edited = await editTake(take, text, now());
  if (!edited) return {isChanged: false, isRedacted: false, lostWire: false};
  // The answer's own placeholders count, too, so that a new secret gets a number that none of them has.
  const {redactAnswer} = createStoredRedactor(rules)([view, editable.text]);
  const {chunks} = redactAnswer(edited);
  const row = takeRow(key, {...edited, chunks});
  const digest = before?.takes[number - 1]?.digest;
  return rewriteCassette(
    paths,
    async current => {
      const found = current?.find(key);
      if (!current || !found || !digest || !found.takes[number - 1]?.digest.equals(digest)) {
        throw new RetakeError('not_found', `The take was recorded anew while it was edited`, {
          hint: 'Nothing was changed. Edit the take that the cassette has now.',
        });
      }
      const takes = found.takes.map((one, index) => (index === number - 1 ? row : one));
      const interactions = replaced(current.rows(), {...found, takes});
      const result = {
        isChanged: true,
        isRedacted: chunks !== edited.chunks,
        lostWire: take.wire !== undefined,
      };
      return {content: withInteractions(current, interactions), result};
    },
    log,
  );
}

/** An error has no text of an answer. A raw answer is what its provider sent, and retake does not understand it. */
function refuseRaw(take: Take): void {
  if (take.error) {
    throw new RetakeError(
      'invalid_request',
      `This take is the error HTTP ${take.error.status}, and cannot be edited`,
      {
        hint: 'Write an answer or another error with `retake stub`, and remove this take with `retake prune`.',
      },
    );
  }
  if (!isRaw(take)) return;
  throw new RetakeError(
    'invalid_request',
    'This answer is kept in the bytes of its provider, and cannot be edited',
    {
      hint: 'Record it again, or change it in the lines of `retake export` and import them.',
    },
  );
}

function takeIn(
  path: string,
  row: InteractionRow | undefined,
  number: number,
): {readonly take: Take; readonly view: MatchingView} {
  if (!row) throw new RetakeError('not_found', `${path} has no such interaction`);
  const {view, takes} = readInteraction(path, row);
  const take = takes[number - 1];
  if (take) return {take, view};
  throw new RetakeError('not_found', `There is no take ${number}: the interaction has ${takes.length}`);
}

function* replaced(rows: Iterable<StoredInteraction>, row: InteractionRow): Iterable<StoredInteraction> {
  for (const stored of rows) yield stored.row.key === row.key ? {...stored, row} : stored;
}
