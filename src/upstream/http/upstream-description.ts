/** What an upstream is and can do, as far as it tells. */
export type UpstreamDescription = {
  /** Its own name for its model. */
  readonly model?: string;
  /** The engine's build. */
  readonly engine?: string;
  /** How many candidates one request may ask for; absent when there is no known bound. */
  readonly slots?: number;
  readonly supportsImages: boolean;
  readonly supportsTools: boolean;
  readonly supportsSystemRole: boolean;
  /** Its chat template refuses anything but user, assistant, user, … after the system text. */
  readonly alternatesRoles: boolean;
};
