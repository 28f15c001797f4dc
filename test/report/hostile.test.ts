import {Value} from '@sinclair/typebox/value';
import test, {type ExecutionContext} from 'ava';
import {micromark} from 'micromark';
import {gfm, gfmHtml} from 'micromark-extension-gfm';
import {verdictCatalogue} from '../../src/cassette/compare/change-verdict.js';
import type {ReportFormatName} from '../../src/report/formats.js';
import {DiffReport} from '../../src/report/json.js';
import {renderDiff} from '../../src/report/render-diff.js';
import {diffRecordings} from '../cassette/compare/build-diff.js';
import {hostileRecordings, hostileTexts} from './hostile-recordings.js';

/** A report of interactions that are hostile everywhere, and of a cassette with a hostile name and commits. */
async function report(t: ExecutionContext, text: string, format: ReportFormatName): Promise<string> {
  const {before, after} = hostileRecordings(text);
  const diff = await diffRecordings(t, before, after);
  t.true(diff.changes.length >= 4);
  return renderDiff({before: text, after: text, cassettes: [{...diff, path: text}]}, format);
}

const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters must not appear.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

const shown = (text: string) => JSON.stringify(text).slice(0, 60);

for (const text of hostileTexts) {
  test(`no format lets a log or terminal interpret ${shown(text)}`, async t => {
    for (const format of ['terminal', 'markdown', 'html', 'json', 'sarif', 'github'] as const) {
      const output = await report(t, text, format);
      t.notRegex(output, unseen, format);
      t.notRegex(output, /##\[|##vso\[/, format);
      const commands = output.match(/^\s*::.*/gm) ?? [];
      t.deepEqual(commands, format === 'github' ? output.trim().split('\n') : [], format);
    }
  });

  test(`annotations are not changed by ${shown(text)}`, async t => {
    const lines = (await report(t, text, 'github')).trim().split('\n');
    for (const line of lines.slice(0, -1))
      t.regex(line, /^::(error|warning) title=retake%3A [a-z-]+,file=[^:]*::/);
    t.regex(lines.at(-1) ?? '', /^::notice title=retake diff::/);
  });

  test(`Markdown shows ${shown(text)} as code and does not interpret it`, async t => {
    const page = micromark(await report(t, text, 'markdown'), {
      allowDangerousHtml: true,
      allowDangerousProtocol: true,
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
    });
    const tags = new Set([...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name));
    const allowed = 'b code details h3 h4 li p pre strong summary table tbody td th thead tr ul'.split(' ');
    t.deepEqual(
      [...tags].filter(tag => !allowed.includes(tag)),
      [],
    );
    const outside = page.replaceAll(/<pre>[\s\S]*?<\/pre>/g, '').replaceAll(/<code>[\s\S]*?<\/code>/g, '');
    t.notRegex(outside, /owned|@|https?:/);
  });

  test(`JSON returns ${shown(text)} unchanged`, async t => {
    const data: unknown = JSON.parse(await report(t, text, 'json'));
    if (!Value.Check(DiffReport, data)) return t.fail(JSON.stringify(Value.Errors(DiffReport, data).First()));
    t.is(data.before, text);
    t.is(data.cassettes[0]?.path, text);
    const answers = data.cassettes[0]?.changes.flatMap(({after}) => after?.answers ?? []) ?? [];
    t.true(answers.some(({candidates}) => candidates[0]?.text === `${text} after`));
    t.true(answers.every(({provenance}) => provenance.model === text));
    return undefined;
  });

  test(`SARIF has a result for each change, and no link from ${shown(text)}`, async t => {
    const log = JSON.parse(await report(t, text, 'sarif'));
    t.is(log.version, '2.1.0');
    const [run] = log.runs;
    t.deepEqual(
      run.tool.driver.rules.map(({id}: {id: string}) => id),
      Object.keys(verdictCatalogue),
    );
    t.true(run.results.length >= 4);
    for (const {ruleId, ruleIndex, message, locations} of run.results) {
      t.is(run.tool.driver.rules[ruleIndex].id, ruleId);
      t.false(message.text.includes(']('));
      t.notRegex(locations[0].physicalLocation.artifactLocation.uri, /[\s<>"{}|\\^`:]/);
    }
  });
}
