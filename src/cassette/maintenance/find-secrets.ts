import {escapedStringsIn} from '../../chat/escaped-strings.js';
import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {utf8Text, wireBody} from '../../chat/wire.js';
import type {Interaction} from '../cassette.js';
import {answerOf} from '../compare/answer.js';
import {runBounded} from '../key/bounded-patterns.js';
import {type CompiledRule, hasNewMatch} from '../key/compiled-rule.js';
import type {StoredCassette} from '../rows/stored-cassette.js';

/** Something that a redact rule would replace: which rule, and where it stands. What it is is told to nobody. */
export type FoundSecret = {readonly rule: string; readonly place: string};

export type PlacedText = {readonly text: string; readonly place: string};

/** The texts of an interaction that a secret may be in: its request, its answers, and the names that clients gave. */
export function textsOfInteraction({
  view,
  takes,
}: Pick<Interaction, 'view' | 'takes'>): readonly PlacedText[] {
  const texts = [...textsOf(view, 'request')];
  for (const [index, take] of takes.entries()) {
    const {candidates, provenance} = answerOf(take);
    const place = takes.length > 1 ? `take ${index + 1}, ` : '';
    for (const {text, reasoning, toolCalls} of candidates) {
      texts.push(
        {text, place: `${place}answer`},
        {text: reasoning, place: `${place}reasoning`},
        ...toolCalls.map(call => ({text: call.arguments, place: `${place}arguments of a call`})),
      );
    }
    const body = take.wire && utf8Text(wireBody(take.wire));
    for (const text of body === undefined ? [] : [body, ...escapedStringsIn(body)]) {
      texts.push({text, place: `${place}answer in the bytes of its provider`});
    }
    if (take.error) texts.push({text: take.error.message, place: `${place}error`});
    texts.push({text: provenance.askedFor, place: `${place}model asked for`});
  }
  return texts;
}

/** The same of what a cassette remembers of media: texts of pages and of files, and addresses. */
export function textsOfFacts({facts}: StoredCassette): readonly PlacedText[] {
  const texts: PlacedText[] = [];
  for (const {pdf, pages} of facts.rows('renders')) {
    texts.push({text: pages, place: `text of the PDF ${pdf}`});
  }
  for (const {url, shown, text} of facts.rows('refs')) {
    texts.push(
      {text: shown, place: `address ${url}`},
      {text: text ?? '', place: `text behind the address ${url}`},
    );
  }
  return texts;
}

/** What should never have been recorded. */
export function findSecrets(
  texts: readonly PlacedText[],
  rules: readonly CompiledRule[],
): readonly FoundSecret[] {
  const search = (begin: (rule: string) => void) =>
    texts.flatMap(({text, place}) =>
      rules
        .filter(rule => {
          begin(rule.name);
          return hasNewMatch(rule, text);
        })
        .map(({name}) => ({rule: name, place})),
    );
  const found = rules.some(({isOwn}) => isOwn)
    ? runBounded(
        texts.map(({text}) => text),
        search,
      )
    : search(() => {});
  // The bytes of a provider are several texts in one place.
  return [...new Map(found.map(secret => [`${secret.place}\n${secret.rule}`, secret])).values()];
}

function* textsOf(value: JsonValue, place: string): Iterable<PlacedText> {
  if (typeof value === 'string') yield {text: value, place};
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsOf(item, `${place}/${index}`);
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) yield* textsOf(member, `${place}/${name}`);
  }
}
