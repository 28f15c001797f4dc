import {type Static, type TSchema, Type} from '@sinclair/typebox';
import type {RecordedAnswer} from '../cassette/compare/answer.js';
import {type Change, findingsOf, isAskedDifferently, type Side} from '../cassette/compare/change.js';
import {verdicts} from '../cassette/compare/change-verdict.js';
import {questionOf} from '../cassette/key/question.js';
import {formatJson, type JsonObject, type JsonValue} from '../chat/json.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {withoutLogCommandsInJson} from './log-commands.js';
import {escapeInJson} from './printable.js';
import type {ReportFormat, ReportOptions} from './report-format.js';
import type {ReportedDiff} from './reported-diff.js';

function closed<Properties extends Record<string, TSchema>>(properties: Properties, description?: string) {
  return Type.Object(
    properties,
    omitUndefined({
      additionalProperties: false,
      description,
    }),
  );
}

const Count = Type.Integer({minimum: 0});
const VerdictName = Type.Union(verdicts.map(verdict => Type.Literal(verdict)));

const AnswerReport = closed({
  candidates: Type.Array(
    closed({
      text: Type.String(),
      refusal: Type.Optional(Type.String({description: 'What the model said instead of an answer'})),
      reasoning: Type.String(),
      toolCalls: Type.Array(
        closed({name: Type.String(), arguments: Type.String({description: 'As the model wrote them'})}),
      ),
      finish: closed({
        unified: Type.String(),
        raw: Type.String(),
        stopSequence: Type.Optional(Type.String()),
      }),
    }),
  ),
  usage: Type.Optional(
    closed({inputTokens: Count, outputTokens: Count, reasoningTokens: Type.Optional(Count)}),
  ),
  embeddings: Type.Optional(Type.Array(Type.Array(Type.Number()))),
  tokens: Type.Optional(Type.Integer({minimum: 0, description: 'The answer to a count of tokens'})),
  raw: Type.Optional(Type.String({description: "The provider's own answer, if it is nothing else"})),
  error: Type.Optional(
    closed({
      status: Type.Integer({description: 'The HTTP status of a recorded error'}),
      code: Type.String(),
      message: Type.String(),
    }),
  ),
  provenance: closed({
    recordedAt: Type.Integer({description: 'Unix time in milliseconds'}),
    askedFor: Type.String(),
    model: Type.String(),
    engine: Type.Optional(Type.String()),
  }),
});

const SideReport = closed({
  key: Type.String(),
  request: Type.Unknown({description: 'The request as it was hashed'}),
  media: Type.Array(
    closed({
      name: Type.String({description: 'Where it stands: image 2, page 3 of 5'}),
      digest: Type.String(),
      isChanged: Type.Boolean(),
    }),
  ),
  answers: Type.Array(AnswerReport, {
    minItems: 1,
    description: 'In the order of asking; the last one repeats',
  }),
});

const ChangeReport = closed({
  verdict: VerdictName,
  fails: Type.Boolean({description: 'Whether the verdict is one of --fail-on'}),
  question: Type.String(),
  isAskedDifferently: Type.Boolean({description: 'The request was changed, and is paired with the nearest'}),
  isOldKept: Type.Boolean({
    description: 'The request was changed, and the recording of the old one is still in the cassette',
  }),
  findings: Type.Array(closed({verdict: VerdictName, sentence: Type.String()})),
  before: Type.Optional(SideReport),
  after: Type.Optional(SideReport),
});

/** The output of `retake diff --format json`. Members can be added; `version` is raised if one changes or is removed. */
export const DiffReport = closed({
  version: Type.Literal(1),
  before: Type.String({description: 'The name of the old state'}),
  after: Type.String({description: 'The name of the new state'}),
  failing: Type.Integer({minimum: 0, description: 'How many changes have a verdict of --fail-on'}),
  identical: Count,
  counts: closed(Object.fromEntries(verdicts.map(verdict => [verdict, Count]))),
  cassettes: Type.Array(
    closed({
      path: Type.String(),
      identical: Count,
      settings: Type.Array(Type.String(), {description: 'Settings that shape keys and were changed'}),
      changes: Type.Array(ChangeReport, {description: 'The worst first'}),
    }),
  ),
});
export type DiffReport = Static<typeof DiffReport>;
type CassetteReport = DiffReport['cassettes'][number];

/** For programs; its schema is `retake.diff.schema.json`. */
export const json: ReportFormat = function* (diff, options) {
  for (const text of write(diff, options)) yield withoutLogCommandsInJson(escapeInJson(text));
};

/** The text of a {@link DiffReport}, a change at a time. */
function* write(diff: ReportedDiff, {totals, failOn}: ReportOptions): Iterable<string> {
  const head: Omit<DiffReport, 'cassettes'> = {
    version: 1,
    before: diff.before,
    after: diff.after,
    failing: totals.failing,
    identical: totals.identical,
    counts: {...totals.counts},
  };
  yield `${unclosed(head, 0)},\n  "cassettes": `;
  yield* list(diff.cassettes, 2, function* ({path, identical, settings, changes}) {
    const cassette: Omit<CassetteReport, 'changes'> = {path, identical, settings: [...settings]};
    yield `${unclosed(cassette, 4)},\n      "changes": `;
    yield* list(changes, 6, function* (change) {
      yield indented(reportChange(change, failOn.has(change.verdict)), 8);
    });
    yield '\n    }';
  });
  yield '\n}\n';
}

function* list<Item>(
  items: readonly Item[],
  indent: number,
  writeItem: (item: Item) => Iterable<string>,
): Iterable<string> {
  if (items.length === 0) return yield '[]';
  for (const [index, item] of items.entries()) {
    yield `${index === 0 ? '[' : ','}\n${' '.repeat(indent + 2)}`;
    yield* writeItem(item);
  }
  yield `\n${' '.repeat(indent)}]`;
}

/** An object's text to which members can be added. */
function unclosed(value: unknown, indent: number): string {
  return indented(value, indent).replace(/\n *\}$/, '');
}

function indented(value: unknown, indent: number): string {
  return formatJson(value as JsonValue).replaceAll('\n', `\n${' '.repeat(indent)}`);
}

/** The JSON Schema of the report, published as `retake.diff.schema.json`. */
export function diffReportSchema(): JsonObject {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'retake diff --format json',
    ...(JSON.parse(JSON.stringify(DiffReport)) as JsonObject),
  };
}

function reportChange(change: Change, fails: boolean): Static<typeof ChangeReport> {
  const before = change.verdict === 'added' ? undefined : change.before;
  const after = change.verdict === 'removed' ? undefined : change.after;
  const current = after ?? before;
  return omitUndefined({
    verdict: change.verdict,
    fails,
    question: current ? questionOf(current.view, 200) : '',
    isAskedDifferently: isAskedDifferently(change),
    isOldKept: 'isOldKept' in change && change.isOldKept,
    findings: findingsOf(change).map(({verdict, sentence}) => ({verdict, sentence})),
    before: before && reportSide(before),
    after: after && reportSide(after),
  });
}

function reportSide({key, view, media, answers}: Side): Static<typeof SideReport> {
  return {
    key,
    request: view,
    media: media.map(({name, digest, isChanged}) => ({name, digest, isChanged})),
    answers: answers.map(reportAnswer),
  };
}

function reportAnswer({
  candidates,
  usage,
  embeddings,
  tokens,
  raw,
  error,
  provenance,
}: RecordedAnswer): Static<typeof AnswerReport> {
  return omitUndefined({
    candidates: candidates.map(({text, refusal, reasoning, toolCalls, finish}) =>
      omitUndefined({
        text,
        refusal,
        reasoning,
        toolCalls: toolCalls.map(call => ({...call})),
        finish: {...finish},
      }),
    ),
    usage: usage === undefined ? undefined : {...usage},
    embeddings: embeddings === undefined ? undefined : embeddings.map(vector => [...vector]),
    tokens,
    raw,
    error: error && {status: error.status, code: error.code, message: error.message},
    provenance: {...provenance},
  });
}
