export {type AttachmentList, attachmentsIn, type ShownDocument, type ShownItem} from './attachments-of.js';
export type {Cassette, Interaction} from './cassette/cassette.js';
export type {Change, Side} from './cassette/diff/change.js';
export type {TokenTolerance} from './cassette/diff/compare-usage.js';
export type {CassetteDiff} from './cassette/diff/diff-files.js';
export {type Verdict as ChangeVerdict, verdictCatalogue} from './cassette/diff/verdict.js';
export {countInteractions} from './cassette/file/count-interactions.js';
export {openCassetteFile as openCassette} from './cassette/file/open-cassette-file.js';
export type {CassetteKey, MatchingView} from './cassette/key.js';
export type {KeySettings} from './cassette/key-settings.js';
export type {
  MediaMemory,
  RememberedMedia,
  RememberedReference,
  RememberedRender,
} from './cassette/media-memory.js';
export type {MissReport} from './cassette/miss.js';
export {type Mode, modes} from './cassette/modes.js';
export type {Pace} from './cassette/pace.js';
export type {Provenance, Take} from './cassette/take.js';
export {type VerifyReport, verifyCassette} from './cassette/verify.js';
export {cassetteFilesAt} from './cassette-files.js';
export {exportCassette, importCassette} from './cassette-lines.js';
export {textOfCassette} from './cassette-text.js';
export {formatJson, isJsonObject, type JsonObject, type JsonValue, parseJson} from './chat/json.js';
export {type ChatReply, foldChunks} from './chat/reply.js';
export {configFileSchema} from './config/file-schema.js';
export {type Setting, settingList} from './config/setting-list.js';
export {managedOptions, preferredDocuments, upstreamOptions} from './config/upstream-options.js';
export {
  type Config,
  type Environment,
  type Flags,
  type GithubActions,
  githubActions,
  isContinuousIntegration,
  loadConfig,
  wantsStackTraces,
} from './config.js';
export {type DescribedChange, describeChange} from './describe-change.js';
export {type CassettesDiff, type Comparison, type DiffOptions, diffCassettes} from './diff-cassettes.js';
export {examine, type Finding} from './doctor.js';
export {type EditableAnswer, editAnswer} from './edit-take.js';
export {type ErrorCode, RetakeError} from './errors.js';
export {
  type ComparedComponent,
  type Explanation,
  explainRecordedMiss,
  explainRequest,
} from './explain-request.js';
export {shellWord} from './git/driver-settings.js';
export {firstKnownCommit} from './git/first-known-commit.js';
export {
  gitStatus,
  type IntegrationChanges,
  type IntegrationStatus,
  installInGit,
  uninstallFromGit,
} from './git/integration.js';
export {openComments} from './github/comments.js';
export {commentLimit, commentReserve, type Keeping, keepComment} from './github/keep-comment.js';
export {type ReviewEvent, readReviewEvent} from './github/review-event.js';
export {guessPath} from './guess-path.js';
export type {Exchange, Outcome} from './http/exchange.js';
export {type ListedInteraction, listInteractions} from './listing.js';
export {asPng} from './media/as-png.js';
export {
  mergeCassettes,
  type Preference,
  type ReportedConflict,
} from './merge-cassettes.js';
export {
  createProxy,
  type MediaOptions,
  type ProxyOptions,
  type ProxyStatus,
  type RetakeProxy,
} from './proxy.js';
export {type PrunedInteraction, type PruneReport, pruneCassette} from './prune-cassette.js';
export {type RekeyOptions, type RekeyReport, rekeyCassette} from './rekey-cassette.js';
export {
  countFailing,
  type RenderOptions,
  renderDiff,
  renderPieces,
  verdictsThatMatter,
} from './render-diff.js';
export {judgeReview, renderReview} from './render-review.js';
export {type ReportFormatName, reportFormats} from './report/formats.js';
export {type DiffReport, diffReportSchema} from './report/json.js';
export {printable, printableLine} from './report/printable.js';
export type {ReportedReview} from './report/reported-review.js';
export type {ReviewTotals} from './report/review-totals.js';
export {workflowCommand} from './report/workflow-command.js';
export {
  type NotAsked,
  type RerecordProgress,
  type RerecordReport,
  rerecordCassette,
} from './rerecord-cassette.js';
export {type Resolution, type Resolutions, resolveCassettes} from './resolve-cassettes.js';
export {reviewCassettes} from './review-cassettes.js';
export {describeModel} from './upstream/describe-model.js';
export type {ReadyModel} from './upstream/engine/engine-arguments.js';
export type {EngineProgram} from './upstream/engine/engine-program.js';
export {type ModelDescription, modelCatalogue} from './upstream/model-catalogue.js';
export {openUpstream, type UpstreamOptions} from './upstream/open-upstream.js';
export {describeProgress} from './upstream/setup/progress.js';
export {setUp} from './upstream/setup/set-up.js';
export type {Upstream, UpstreamState} from './upstream/upstream.js';
export type {NamedTake, UnusedTake, Verdict} from './verdict.js';
export {packageVersion} from './version.js';
