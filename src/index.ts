export {
  type AttachmentList,
  listAttachments,
  type ShownDocument,
  type ShownItem,
} from './attachments/list-attachments.js';
export type {Cassette, Interaction} from './cassette/cassette.js';
export type {Change, Side} from './cassette/compare/change.js';
export {type Verdict as ChangeVerdict, verdictCatalogue} from './cassette/compare/change-verdict.js';
export type {CassetteDiff} from './cassette/compare/compare-cassettes.js';
export type {TokenTolerance} from './cassette/compare/compare-usage.js';
export {cassetteFilesAt} from './cassette/file/cassette-files-at.js';
export {countInteractions} from './cassette/file/count-interactions.js';
export {openCassetteFile as openCassette} from './cassette/file/open-cassette-file.js';
export type {CassetteKey, MatchingView} from './cassette/key/key.js';
export type {KeySettings} from './cassette/key/key-settings.js';
export type {VerifyReport} from './cassette/maintenance/verify-report.js';
export type {
  MediaMemory,
  RememberedMedia,
  RememberedReference,
  RememberedRender,
} from './cassette/media-memory.js';
export type {MissReport} from './cassette/miss.js';
export {type Mode, modes} from './cassette/modes.js';
export type {Pace} from './cassette/replay/pace.js';
export type {Provenance, Take} from './cassette/take.js';
export {formatJson, isJsonObject, type JsonObject, type JsonValue, parseJson} from './chat/json.js';
export {type ChatReply, foldChunks} from './chat/reply.js';
export {configFileSchema} from './config/file-schema.js';
export {
  type Config,
  type Environment,
  type Flags,
  type GithubActions,
  githubActions,
  isContinuousIntegration,
  loadConfig,
  wantsStackTraces,
} from './config/load-config.js';
export {type Setting, settingList} from './config/setting-list.js';
export {managedOptions, preferredDocuments, upstreamOptions} from './config/upstream-options.js';
export {guessPath} from './dialects/guess-path.js';
export {type ErrorCode, RetakeError} from './errors.js';
export {shellWord} from './git/driver-settings.js';
export {firstExistingCommit} from './git/first-existing-commit.js';
export {
  gitStatus,
  type IntegrationChanges,
  type IntegrationStatus,
  installInGit,
  uninstallFromGit,
} from './git/integration.js';
export {openComments} from './github/comments.js';
export {type ReviewEvent, readReviewEvent} from './github/review-event.js';
export {type CommentOutcome, commentLimit, commentReserve, upsertComment} from './github/upsert-comment.js';
export type {Exchange, Outcome} from './http/exchange.js';
export {asPng} from './media/convert-image.js';
export {
  type CassettesDiff,
  type Comparison,
  type DiffOptions,
  diffCassettes,
} from './operations/diff-cassettes.js';
export {examine, type Finding} from './operations/doctor.js';
export {type EditableAnswer, editAnswer} from './operations/edit-answer.js';
export {
  type ComparedComponent,
  type Explanation,
  explainRecordedMiss,
  explainRequest,
} from './operations/explain-request.js';
export {exportCassette} from './operations/export-cassette.js';
export {importCassette} from './operations/import-cassette.js';
export {type ListedInteraction, listInteractions} from './operations/list-interactions.js';
export {
  mergeCassettes,
  type Preference,
  type ReportedConflict,
} from './operations/merge-cassettes.js';
export {textOfCassette} from './operations/print-cassette.js';
export {type PrunedInteraction, type PruneReport, pruneCassette} from './operations/prune-cassette.js';
export {type RekeyOptions, type RekeyReport, rekeyCassette} from './operations/rekey-cassette.js';
export {
  type NotAsked,
  type RerecordProgress,
  type RerecordReport,
  rerecordCassette,
} from './operations/rerecord-cassette.js';
export {type Resolution, type Resolutions, resolveCassettes} from './operations/resolve-cassettes.js';
export {reviewCassettes} from './operations/review-cassettes.js';
export {verifyCassette} from './operations/verify-cassette.js';
export {
  createProxy,
  type MediaOptions,
  type ProxyOptions,
  type ProxyStatus,
  type RetakeProxy,
} from './proxy/create-proxy.js';
export type {NamedTake, UnusedTake, Verdict} from './proxy/verdict.js';
export {type DescribedChange, describeChange} from './report/describe-change.js';
export {type ReportFormatName, reportFormats} from './report/formats.js';
export {type DiffReport, diffReportSchema} from './report/json.js';
export {printable, printableLine} from './report/printable.js';
export {
  countFailing,
  defaultFailOn,
  type RenderOptions,
  renderDiff,
  renderPieces,
} from './report/render-diff.js';
export {judgeReview, renderReview} from './report/render-review.js';
export type {ReportedReview} from './report/reported-review.js';
export type {ReviewTotals} from './report/review-totals.js';
export {workflowCommand} from './report/workflow-command.js';
export type {ReadyModel} from './upstream/local/engine/engine-arguments.js';
export type {EngineProgram} from './upstream/local/engine/engine-program.js';
export {describeModel} from './upstream/local/models/describe-model.js';
export {type ModelDescription, modelCatalogue} from './upstream/local/models/model-catalogue.js';
export {describeProgress} from './upstream/local/set-up/progress.js';
export {setUp} from './upstream/local/set-up/set-up.js';
export {openUpstream, type UpstreamOptions} from './upstream/open-upstream.js';
export type {Upstream, UpstreamState} from './upstream/upstream.js';
export {packageVersion} from './version.js';
