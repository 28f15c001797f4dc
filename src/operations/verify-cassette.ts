import {createHash, type Hash} from 'node:crypto';
import {mkdtempSync, readFileSync, readSync, rmSync, statSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {type CassettePaths, cassettePaths, listSidecars} from '../cassette/file/cassette-paths.js';
import {type CommittedFile, openCommittedFile} from '../cassette/file/committed-file.js';
import {trackedSession, trackedSessionHint} from '../cassette/file/flush-sessions.js';
import {textMergedHint} from '../cassette/file/header.js';
import {findTextMerge} from '../cassette/file/text-merged-file.js';
import {writeCanonicalFile} from '../cassette/file/write-committed-file.js';
import type {CompiledRule} from '../cassette/key/compiled-rule.js';
import type {RedactRule} from '../cassette/key/key-settings.js';
import {compileRedactRules} from '../cassette/key/redact.js';
import {
  type FoundSecret,
  findSecrets,
  type PlacedText,
  textsOfFacts,
  textsOfInteraction,
} from '../cassette/maintenance/find-secrets.js';
import type {FindingCode, VerifyFinding, VerifyReport} from '../cassette/maintenance/verify-report.js';
import {isStoreAddress} from '../cassette/postgres/store-address.js';
import {readMedia, readReference, readRender} from '../cassette/rows/fact-rows.js';
import {interactionId, readInteraction} from '../cassette/rows/interaction-row.js';
import {settingsRows} from '../cassette/rows/settings-rows.js';
import type {StoredCassette, StoredInteraction} from '../cassette/rows/stored-cassette.js';
import {openStored} from '../cassette/stores/open-stored.js';
import {RetakeError} from '../errors.js';
import {trackedFiles} from '../git/tracked-files.js';

export type VerifyOptions = {
  /** Rules for secrets besides the built-in ones and those that the cassette stores. */
  readonly redact?: readonly RedactRule[];
  /** Whether a symbolic link may lead to a cassette in another folder. */
  readonly followLinks?: boolean | undefined;
};

/**
 * Runs all checks of a cassette in a file or a database. All problems are in the report; only a full temporary folder, or a database that
 * cannot be reached, throws.
 */
export async function verifyCassette(
  path: string,
  {redact = [], followLinks}: VerifyOptions = {},
): Promise<VerifyReport> {
  if (isStoreAddress(path)) return verifyStored(path, redact);
  let paths: CassettePaths;
  try {
    paths = cassettePaths(path, {followLinks});
  } catch (error) {
    if (!(error instanceof RetakeError)) throw error;
    const message = `${error.message} ${error.hint ?? ''}`.trim();
    return {path, isValid: false, ...nothing, findings: [problem('unusable', message, path)]};
  }
  const waiting = await findSessions(paths);
  const report = (content: Content, found: readonly VerifyFinding[]): VerifyReport => {
    const isSound = found.every(({severity}) => severity !== 'error');
    const findings = [...(isSound ? [] : findTextMergeIn(paths.file, path)), ...found, ...waiting];
    return {path, isValid: findings.every(({severity}) => severity !== 'error'), ...content, findings};
  };
  try {
    const file = openCommittedFile(paths);
    if (!file) return report(nothing, [problem('missing', `There is no file ${path}.`, path)]);
    try {
      const {content, findings} = await verifyFile(paths.file, path, file, redact);
      return report(content, findings);
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof RetakeError)) throw error;
    return report(nothing, [problem('unusable', `${error.message} ${error.hint ?? ''}`.trim(), path)]);
  }
}

/** A cassette of a database is checked in one of its states. It has no bytes and no sessions of its own. */
async function verifyStored(address: string, redact: readonly RedactRule[]): Promise<VerifyReport> {
  const report = (content: Content, findings: readonly VerifyFinding[]): VerifyReport => ({
    path: address,
    isValid: findings.every(({severity}) => severity !== 'error'),
    ...content,
    findings,
  });
  try {
    const file = await openStored(address);
    if (!file) return report(nothing, [problem('missing', `There is no cassette ${address}.`, address)]);
    try {
      const {content, findings} = await verifyContent(address, file, redact);
      return report(content, findings);
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof RetakeError) || error.code !== 'cassette_invalid') throw error;
    return report(nothing, [problem('unusable', `${error.message} ${error.hint ?? ''}`.trim(), address)]);
  }
}

/** Session files beside the cassette: those of killed processes, and those that came with a checkout. */
async function findSessions(paths: CassettePaths): Promise<readonly VerifyFinding[]> {
  const sessions = listSidecars(paths, 'session');
  const tracked = await trackedFiles(sessions);
  return sessions.map(session =>
    tracked.has(session)
      ? problem('tracked-session', `${trackedSession(session)} ${trackedSessionHint}`, session)
      : {
          code: 'sessions-waiting',
          severity: 'warning',
          message:
            'A session has recordings that may not be in the cassette yet. If no retake is running, start one in the mode auto: it brings them in.',
          place: session,
        },
  );
}

type Content = Pick<VerifyReport, 'interactions' | 'takes' | 'digest'>;
const nothing: Content = {interactions: 0, takes: 0};

async function verifyFile(
  location: string,
  path: string,
  file: CommittedFile,
  redact: readonly RedactRule[],
): Promise<{content: Content; findings: VerifyFinding[]}> {
  const structure = file.findStructureProblems();
  if (structure.length > 0) {
    return {content: nothing, findings: structure.map(message => problem('structure', message, path))};
  }
  const {content, findings} = await verifyContent(path, file, redact);
  const isRewritten = await isCanonical(location, file);
  return {
    content,
    findings: [
      ...findSizeProblem(location, path),
      ...findings,
      ...(isRewritten ? [] : [problem('not-canonical', rewriteMessage, path)]),
    ],
  };
}

async function verifyContent(
  path: string,
  file: StoredCassette,
  redact: readonly RedactRule[],
): Promise<{content: Content; findings: VerifyFinding[]}> {
  const rules = compileRedactRules([...file.keySettings.redact, ...redact]);
  const findings: VerifyFinding[] = [];
  const digest = createHash('sha256').update(
    JSON.stringify(settingsRows(file.keySettings, {withDocuments: file.hasDocuments})),
  );
  let interactions = 0;
  let takes = 0;
  const {scanForSecrets} = await import('../cassette/maintenance/secret-scanner.js');
  let texts: TextAbout[] = [];
  const scanTexts = async () => {
    const found = await scanForSecrets(texts, rules);
    findings.push(...found.map(({text, ...secret}) => unknownSecretProblem(secret, text.about)));
    texts = [];
  };
  const shown = new Set<string>();
  for (const stored of file.rows()) {
    const {key, request, takes: rows} = stored.row;
    for (const [digest] of request.matchAll(/[0-9a-f]{64}/g)) shown.add(digest);
    const {texts: ofRow, problems} = checkInteraction(path, stored, rules);
    findings.push(...problems);
    texts.push(...ofRow);
    digest.update(JSON.stringify([key, request, rows.map(take => take.digest.toString('hex'))]));
    takes += rows.length;
    if (++interactions % 100 === 0) {
      await nextTurn();
      await scanTexts();
    }
  }
  findings.push(...(await verifyFacts(path, file, {shown, digest})));
  const ofFacts = textsOfFacts(file);
  for (const found of findSecrets(ofFacts, rules)) findings.push(secretProblem(found, path));
  texts.push(...ofFacts.map(text => ({...text, about: path})));
  await scanTexts();
  return {content: {interactions, takes, digest: digest.digest('hex')}, findings};
}

/** Checks each fact, and whether the requests show what a fact is about. */
async function verifyFacts(
  path: string,
  {facts}: StoredCassette,
  {shown, digest}: {readonly shown: ReadonlySet<string>; readonly digest: Hash},
): Promise<readonly VerifyFinding[]> {
  const findings: VerifyFinding[] = [];
  const check = (place: string, read: () => {readonly isShown: boolean; readonly row: object}) => {
    try {
      const {isShown, row} = read();
      digest.update(JSON.stringify(row));
      if (!isShown) findings.push(orphan(place));
    } catch (error) {
      if (!(error instanceof RetakeError)) throw error;
      findings.push(problem('fact', error.message, place));
    }
  };
  const known = new Set<string>();
  for (const row of facts.rows('renders')) {
    known.add(row.pdf);
    check(`the PDF ${row.pdf}`, () => {
      const {pages} = readRender(path, row);
      return {isShown: pages.some(({pixels}) => shown.has(pixels)), row};
    });
  }
  for (const row of facts.rows('refs')) {
    check(row.shown, () => {
      const {sha256, text} = readReference(path, row);
      return {isShown: text !== undefined || known.has(sha256) || shown.has(sha256), row};
    });
  }
  for (const row of facts.rows('media')) {
    check(`the ${row.kind} ${row.digest}`, () => {
      readMedia(path, row);
      const isOfPdf = row.kind === 'original' && known.has(row.digest);
      return {isShown: isOfPdf || shown.has(row.digest), row: {...row, bytes: row.checksum}};
    });
    await nextTurn();
  }
  return findings;
}

function orphan(place: string): VerifyFinding {
  const message = `No question of the cassette is about ${place}: what it remembers of that is of no use any more.`;
  return {code: 'orphaned-media', severity: 'warning', message, place};
}

const rewriteMessage =
  'The bytes of the file are not those that its content gives: it was written by something else than retake, or by another version of SQLite. Record one take in the mode auto to have it written anew.';

/** A text of a cassette, and the key of its interaction or the file. */
type TextAbout = PlacedText & {readonly about: string};

function checkInteraction(
  path: string,
  {id, row}: StoredInteraction,
  rules: readonly CompiledRule[],
): {readonly texts: readonly TextAbout[]; readonly problems: readonly VerifyFinding[]} {
  try {
    const texts = textsOfInteraction(readInteraction(path, row));
    if (interactionId(row.key) === id) {
      return {
        texts: texts.map(text => ({...text, about: row.key})),
        problems: findSecrets(texts, rules).map(found => secretProblem(found, row.key)),
      };
    }
  } catch (error) {
    if (!(error instanceof RetakeError)) throw error;
    return {texts: [], problems: [problem('interaction', error.message, row.key)]};
  }
  const message = `The interaction stands in the row ${id}, where it is not looked for.`;
  return {texts: [], problems: [problem('interaction', message, row.key)]};
}

function secretProblem({rule, place}: FoundSecret, about: string): VerifyFinding {
  return problem('secret', `${place} looks like a secret (rule ${rule}). ${secretHint}`, about);
}

const secretHint =
  'Remove it with `retake redact`, and revoke it: everyone with access to the repository can read it, in its history too.';

/** A secret that recording does not redact, because no redact rule knows it. */
function unknownSecretProblem({rule, place}: FoundSecret, about: string): VerifyFinding {
  return problem('secret', `${place} looks like a secret (rule ${rule}). ${unknownSecretHint}`, about);
}

const unknownSecretHint =
  'retake has no rule for it: add a pattern that matches it to `redact` in retake.config.json, remove it with `retake redact`, and revoke it. If it is none, the pattern replaces it by a placeholder all the same.';

/** In bytes: GitHub warns from this size on, and rejects twice as much. */
const largeSize = 50 * 1024 * 1024;

function findSizeProblem(location: string, path: string): VerifyFinding[] {
  const {size} = statSync(location);
  if (size <= largeSize) return [];
  const message = `The file has ${Math.round(size / 1024 / 1024)} MiB. GitHub warns from 50 MiB on and refuses 100: record into several cassettes, for instance one for each suite, or see what nobody asks for with \`retake prune\`.`;
  return [{code: 'large', severity: 'warning', message, place: path}];
}

function findTextMergeIn(location: string, path: string): readonly VerifyFinding[] {
  if (!statSync(location, {throwIfNoEntry: false})?.isFile()) return [];
  const blending = findTextMerge(readFileSync(location));
  return blending === undefined
    ? []
    : [
        problem(
          'blended',
          `The cassette ${path} ${blending}: git merged two versions as text. ${textMergedHint}`,
          path,
        ),
      ];
}

/** Writes the content again and compares the bytes. */
async function isCanonical(location: string, file: StoredCassette): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'retake-verify-'));
  try {
    const rewritten = join(folder, 'rewritten.cassette');
    await writeCanonicalFile(rewritten, {
      keySettings: file.keySettings,
      interactions: file.rows(),
      facts: file.facts,
    });
    return await haveSameBytes(location, rewritten);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

async function haveSameBytes(first: string, second: string): Promise<boolean> {
  const [a, b] = await Promise.all([open(first), open(second)]);
  try {
    const [left, right] = [Buffer.alloc(1 << 16), Buffer.alloc(1 << 16)];
    for (;;) {
      const read = readSync(a.fd, left);
      if (readSync(b.fd, right) !== read) return false;
      if (read === 0) return true;
      if (!left.subarray(0, read).equals(right.subarray(0, read))) return false;
      await nextTurn();
    }
  } finally {
    await Promise.all([a.close(), b.close()]);
  }
}

function problem(code: FindingCode, message: string, place: string): VerifyFinding {
  return {code, severity: 'error', message, place};
}
