import {type Change, currentSide, findingsOf} from '../cassette/compare/change.js';
import {type Verdict, verdictCatalogue, verdicts} from '../cassette/compare/change-verdict.js';
import {questionOf} from '../cassette/key/question.js';
import {formatJson} from '../chat/json.js';
import {withoutLogCommandsInJson} from './log-commands.js';
import {escapeInJson, printable} from './printable.js';
import type {ReportFormat, ReportOptions} from './report-format.js';

/** SARIF 2.1.0 (OASIS), for code scanning: a rule for each verdict, a result for each change. */
export const sarif: ReportFormat = function* ({cassettes}, options) {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'retake',
            semanticVersion: options.version,
            rules: verdicts.map(verdict => ({
              id: verdict,
              shortDescription: {text: verdictCatalogue[verdict]},
              defaultConfiguration: {level: levelOf(verdict, options)},
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: cassettes.flatMap(({path, changes}) =>
          changes.map(change => resultOf(path, change, options)),
        ),
      },
    ],
  };
  yield `${withoutLogCommandsInJson(escapeInJson(formatJson(log)))}\n`;
};

function resultOf(path: string, change: Change, options: ReportOptions) {
  const {key, view} = currentSide(change);
  const sentences = findingsOf(change).map(({sentence}) => `- ${sentence}`);
  return {
    ruleId: change.verdict,
    ruleIndex: verdicts.indexOf(change.verdict),
    level: levelOf(change.verdict, options),
    message: {text: plainMessage([JSON.stringify(questionOf(view)), ...sentences].join('\n'))},
    locations: [{physicalLocation: {artifactLocation: {uri: addressOf(path)}, region: {startLine: 1}}}],
    partialFingerprints: {interaction: key},
  };
}

function levelOf(verdict: Verdict, {failOn}: ReportOptions): 'error' | 'warning' | 'note' {
  if (failOn.has(verdict)) return 'error';
  return verdict === 'added' ? 'note' : 'warning';
}

/** In a message, `[text](address)` is a link (section 3.11.6). Recorded text must not create one. */
function plainMessage(text: string): string {
  return printable(text).replaceAll('](', '] (');
}

function addressOf(path: string): string {
  return path.split(/[\\/]/).map(encodeURIComponent).join('/');
}
