import {readFileSync} from 'node:fs';
import {LLMock} from '@copilotkit/aimock';

/** The fixtures of a server of aimock: each answers the messages that contain a text. */
export type AimockFixtures = {
  readonly texts: readonly string[];
  /** The text of every answer. */
  readonly content: string;
};

const [, , file] = process.argv;
if (file === undefined) throw new Error('Expected the file of the fixtures');
const {texts, content} = JSON.parse(readFileSync(file, 'utf8')) as AimockFixtures;
const mock = new LLMock({port: 0, logLevel: 'silent'});
for (const text of texts) mock.onMessage(text, {content});
console.log(await mock.start());
