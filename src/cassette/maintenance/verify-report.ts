export type VerifyReport = {
  readonly path: string;
  /** Whether there is no finding that is an error. */
  readonly isValid: boolean;
  readonly interactions: number;
  readonly takes: number;
  /**
   * SHA-256 over the settings and rows, sorted: equal for cassettes with the same content, whichever SQLite wrote them. Absent when they
   * could not be read to their end.
   */
  readonly digest?: string;
  readonly findings: readonly VerifyFinding[];
};

export type VerifyFinding = {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The key of the interaction, or the file that it is about. */
  readonly place: string;
};

export type FindingCode =
  /** There is no file. */
  | 'missing'
  /** It cannot be read as a cassette at all. */
  | 'unusable'
  /** SQLite finds its structure damaged. */
  | 'structure'
  /** A request that does not give its key, or a take that does not give its digest or has another form. */
  | 'interaction'
  /** Something remembered of an attachment that was changed, or has another form. */
  | 'fact'
  /** Something remembered of an attachment that no question has. */
  | 'orphaned-media'
  /** Its bytes are not those that its content gives. */
  | 'not-canonical'
  /** Two cassettes were put together as if they were text. */
  | 'blended'
  /** Something that the redact rules should have replaced. */
  | 'secret'
  /** A session file is in git: its recordings may come from somebody else. */
  | 'tracked-session'
  /** So large that servers of git refuse it soon. */
  | 'large'
  /** There are recordings that are not in the file yet. */
  | 'sessions-waiting';
