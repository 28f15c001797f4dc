import {setImmediate as nextTurn} from 'node:timers/promises';
import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {normalizeRequest} from '../../chat/normalize.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {ModelRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import {boundIgnorer} from '../key/bounded-ignore.js';
import {createStoredIgnorer, withNumbers, withoutNumbers} from '../key/ignore.js';
import {
  type CassetteKey,
  canonicalJson,
  canonicalView,
  keyOfCanonicalText,
  type MatchingView,
} from '../key/key.js';
import {type IgnoreRule, type KeySettings, withoutRuleNumbers} from '../key/key-settings.js';
import {createStoredRedactor} from '../key/redact-stored.js';
import type {RememberedReference, RememberedRender} from '../media-memory.js';
import {factRowsOf, readMedia, readReference, readRender} from '../rows/fact-rows.js';
import {
  type InteractionRow,
  interactionId,
  readAnyInteraction,
  refuseCollision,
} from '../rows/interaction-row.js';
import {mergeFacts} from '../rows/merge-facts.js';
import {comparableTake} from '../rows/merge-rows.js';
import {uniteTakes} from '../rows/merge-takes.js';
import {settingsRows} from '../rows/settings-rows.js';
import type {SortedFacts} from '../rows/sorted-facts.js';
import {
  type CassetteContent,
  inOrderOfIds,
  type StoredCassette,
  type StoredInteraction,
} from '../rows/stored-cassette.js';
import {type TakeRow, takeRow} from '../rows/take-row.js';
import type {Take} from '../take.js';

export type RekeyedRows = CassetteContent & {
  readonly counts: RekeyCounts;
  /** What the new settings ask for and what is stored cannot give, a sentence each. */
  readonly losses: readonly string[];
};

export type RekeyCounts = {
  readonly interactions: number;
  /** Interactions whose key or whose answers are not as they were. */
  readonly changed: number;
  /** Interactions that went into another one, because the two now ask the same. */
  readonly united: number;
};

/**
 * A cassette by other settings, or by the present rules of keys. Each request is made again from what is stored of it, its answers
 * likewise; requests that have become the same share their takes.
 * @throws RetakeError `cassette_invalid` when an interaction is damaged, `not_supported` for settings that need what is not stored
 */
export async function rekeyRows(
  cassette: StoredCassette,
  shown: string,
  keySettings: KeySettings,
): Promise<RekeyedRows> {
  const numbering = createNumbering(cassette.keySettings, keySettings);
  const revise = createRevision(cassette, keySettings, numbering);
  const rows = new Map<CassetteKey, InteractionRow>();
  let [interactions, changed, united] = [0, 0, 0];
  for (const stored of cassette.rows()) {
    const revised = revise(shown, stored);
    interactions++;
    if (revised.some(row => row !== stored.row)) changed++;
    for (const row of revised) {
      const known = rows.get(row.key);
      if (known) united++;
      rows.set(row.key, known ? uniteRows(shown, known, row) : row);
    }
    if (interactions % 100 === 0) await nextTurn();
  }
  return {
    keySettings,
    interactions: storedRows(shown, rows.values()),
    facts: reviseFacts(cassette, shown, keySettings),
    counts: {interactions, changed, united},
    losses: [...findLosses(cassette, keySettings), ...numbering.losses()],
  };
}

type Revision = (shown: string, stored: StoredInteraction) => readonly InteractionRow[];

function createRevision(
  {keySettings: old, hasDocuments}: StoredCassette,
  wanted: KeySettings,
  numbering: Numbering,
): Revision {
  if (hasDocuments) requireKnownSettings(old, wanted);
  const redact = createStoredRedactor(wanted.redact);
  const known = new Set([...old.ignore, ...numbering.rules].map(rule => canonicalJson(rule)));
  const fresh = wanted.ignore.filter(rule => !known.has(canonicalJson(rule)));
  const ignore = boundIgnorer(fresh, createStoredIgnorer);
  return (shown, {row}) => {
    const {view, takes} = readAnyInteraction(shown, row);
    return withModel(normalizeView(view), takes, old, wanted).map(one => {
      const {view: redacted, redactAnswer} = redact(one.view);
      const masked = ignore(numbering.apply(redacted));
      if (!isJsonObject(masked)) {
        throw new RetakeError(
          'invalid_setting',
          'An `ignore` rule with an empty pointer would ignore everything',
        );
      }
      const revised = one.takes.map(({provenance, ...answer}) => ({...redactAnswer(answer), provenance}));
      return revisedRow(row, masked, revised);
    });
  };
}

/** Gives stored masks numbers, or takes them away, where the rules of the old settings are the same but for that. */
type Numbering = {
  /** The wanted rules that are old ones in all but their numbers. */
  readonly rules: readonly IgnoreRule[];
  apply(view: JsonValue): JsonValue;
  losses(): readonly string[];
};

function createNumbering(old: KeySettings, wanted: KeySettings): Numbering {
  const patterns = new Map(old.ignore.filter(isPatternRule).map(rule => [rule.pattern, rule.number]));
  const rules = wanted.ignore
    .filter(isPatternRule)
    .filter(({pattern, number}) => patterns.has(pattern) && patterns.get(pattern) !== number);
  const isNumbered = (rule: IgnoreRule) =>
    typeof rule === 'string' || (isPatternRule(rule) && rule.number === true);
  const masking = wanted.ignore.filter(rule => typeof rule === 'string' || isPatternRule(rule));
  let unclear = 0;
  const apply = (view: JsonValue) => {
    if (rules.length === 0) return view;
    // A mask does not tell which rule made it: all rules must agree on numbers.
    const numbered = masking.every(isNumbered) ? withNumbers(view) : undefined;
    const revised = masking.some(isNumbered) ? numbered : withoutNumbers(view);
    if (revised === undefined) unclear++;
    return revised ?? view;
  };
  const losses = () =>
    unclear === 0
      ? []
      : [
          `${unclear} ${unclear === 1 ? 'request has' : 'requests have'} several ignored values, and the cassette does not say which of them were equal: they are not found by rules with numbers. Record them again, or set "number": false`,
        ];
  return {rules, apply, losses};
}

function isPatternRule(rule: IgnoreRule): rule is Extract<IgnoreRule, {readonly pattern: string}> {
  return typeof rule === 'object' && 'pattern' in rule;
}

/** The very row that was there when nothing changed. */
function revisedRow(row: InteractionRow, view: MatchingView, takes: readonly Take[]): InteractionRow {
  const request = canonicalView(view);
  const key = keyOfCanonicalText(request);
  const rows = takes.map(take => takeRow(key, take));
  const isSame =
    key === row.key &&
    rows.length === row.takes.length &&
    rows.every(({digest}, index) => row.takes[index]?.digest.equals(digest));
  return isSame ? row : {key, request, takes: rows};
}

/** Where names of models become part of the key, an interaction is one for each name that it was asked for by. */
function withModel(
  view: MatchingView,
  takes: readonly Take[],
  old: KeySettings,
  wanted: KeySettings,
): readonly {readonly view: MatchingView; readonly takes: readonly Take[]}[] {
  // A raw question has the model where the client wrote it.
  if (old.forwardModel === wanted.forwardModel || view['operation'] === 'raw') return [{view, takes}];
  if (!wanted.forwardModel) {
    const {model: _model, ...rest} = view;
    return [{view: rest, takes}];
  }
  const names = [...new Set(takes.map(({provenance}) => provenance.askedFor))];
  return names.map(model => ({
    view: {...view, model},
    takes: takes.filter(({provenance}) => provenance.askedFor === model),
  }));
}

/** A stored view is a request in all but its type. */
function normalizeView(view: MatchingView): MatchingView {
  if (view['operation'] === 'raw') return view;
  const request: unknown = view;
  const normalized: unknown = normalizeRequest(request as ModelRequest);
  return normalized as JsonObject;
}

function uniteRows(shown: string, known: InteractionRow, other: InteractionRow): InteractionRow {
  const compare = (row: TakeRow, position: number) => comparableTake(shown, known.key, row, position);
  const [left, right] = [known.takes.map(compare), other.takes.map(compare)];
  return {...known, takes: uniteTakes(left, right).map(({take}) => take)};
}

function storedRows(shown: string, rows: Iterable<InteractionRow>): readonly StoredInteraction[] {
  const stored = inOrderOfIds([...rows].map(row => ({id: interactionId(row.key), row})));
  for (const [index, {id, row}] of stored.entries()) {
    const next = stored[index + 1];
    if (next?.id === id) refuseCollision(shown, row.key, next.row.key);
  }
  return stored;
}

const revisable = new Set(['forwardModel', 'ignore', 'redact']);

/** Any other setting shapes what was made of attached media, and would need those. */
function requireKnownSettings(old: KeySettings, wanted: KeySettings): void {
  const before = new Map(rowsOf(old).map(({name, value}) => [name, value]));
  const other = rowsOf(wanted).find(({name, value}) => !revisable.has(name) && before.get(name) !== value);
  if (!other) return;
  throw new RetakeError(
    'not_supported',
    `Keys for ${other.name} = ${other.value} cannot be made from what is stored: it was recorded with ${before.get(other.name)}`,
    {hint: 'Record anew into another cassette.'},
  );
}

function rowsOf(settings: KeySettings) {
  return settingsRows(settings, {withDocuments: true});
}

/** Texts of pages and of files behind addresses are kept without secrets, too: of each by itself. */
function reviseFacts({facts}: StoredCassette, shown: string, {redact}: KeySettings): SortedFacts {
  const redactStored = createStoredRedactor(redact);
  const conceal = (texts: readonly string[]): readonly string[] => {
    const {view} = redactStored([...texts]);
    return Array.isArray(view) ? view.map(String) : [];
  };
  const renders = [...facts.rows('renders')].map(row => concealRender(readRender(shown, row), conceal));
  const references = [...facts.rows('refs')].map(row => concealReference(readReference(shown, row), conceal));
  const media = [...facts.rows('media')].map(row => readMedia(shown, row));
  return mergeFacts(undefined, factRowsOf({renders, references, media}));
}

type Conceal = (texts: readonly string[]) => readonly string[];

function concealRender(render: RememberedRender, conceal: Conceal): RememberedRender {
  const texts = conceal(render.pages.map(({text = ''}) => text));
  const pages = render.pages.map((page, index) => ({
    ...page,
    ...(page.text !== undefined && {text: texts[index] ?? page.text}),
  }));
  return {...render, pages};
}

function concealReference(
  {text, shown, ...rest}: RememberedReference,
  conceal: Conceal,
): RememberedReference {
  const [address = shown] = conceal([shown]);
  const [concealed] = text === undefined ? [] : conceal([text]);
  return omitUndefined({...rest, shown: address, text: concealed});
}

/** What a rule took out of a request is not there any more when the rule goes. */
function findLosses(cassette: StoredCassette, wanted: KeySettings): readonly string[] {
  const {ignore, redact} = cassette.keySettings;
  const gone = (rules: readonly JsonValue[], kept: readonly JsonValue[]) => {
    const names = new Set(kept.map(canonicalJson));
    return rules.map(canonicalJson).filter(rule => !names.has(rule));
  };
  return [
    ...gone(withoutRuleNumbers(ignore), withoutRuleNumbers(wanted.ignore)).map(
      rule => `What the ignore rule ${rule} masked`,
    ),
    ...gone(redact, wanted.redact).map(rule => `What the redact rule ${rule} replaced`),
  ].map(loss => `${loss} is not stored: what it touched keeps its mask, and is not found without the rule`);
}
