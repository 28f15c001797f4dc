import {questionOf} from '../../cassette/key/question.js';
import type {Announcement} from '../../cassette/replay/cassette-context.js';
import {recentlyUsed} from '../../collections/recently-used.js';

/** The beginning of a request's text; undefined for a request that was not stored, or cannot be read. Never rejects. */
export type FindQuestion = (entry: {
  readonly number: number;
  readonly announcement: Announcement | undefined;
  readonly replaced: Announcement | undefined;
}) => string | undefined | Promise<string | undefined>;

/** Bounds memory; each is a line of text. */
const rememberedQuestions = 20_000;

/** Questions are read from the cassettes when somebody looks: an exchange that nobody looks at costs nothing. */
export function createQuestions(missed: (number: number) => string | undefined): FindQuestion {
  const known = recentlyUsed<string, string>(rememberedQuestions);
  return ({number, announcement, replaced}) => {
    const question = missed(number);
    const recorded = announcement ?? replaced;
    if (question !== undefined || !recorded) return question;
    const name = `${recorded.cassette.name}\n${storedKey(recorded)}`;
    return known.get(name) ?? read(recorded, found => known.set(name, found));
  };
}

async function read(
  announcement: Announcement,
  remember: (question: string) => void,
): Promise<string | undefined> {
  try {
    const interaction = await announcement.cassette.find(storedKey(announcement));
    if (!interaction) return undefined;
    const question = questionOf(interaction.view);
    remember(question);
    return question;
  } catch {
    // A list of requests can be read without the text of one in a damaged cassette; its details show the error.
    return undefined;
  }
}

/** The key under which the answer of an exchange is recorded. */
export function storedKey({key, keptAs}: Announcement): Announcement['key'] {
  return keptAs?.() ?? key;
}
