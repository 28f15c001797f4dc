/** What an upstream is and can do, as far as it tells. */
export type UpstreamDescription = {
  /** It is llama-server, and understands what that adds to OpenAI's protocol. */
  readonly isLlamaServer: boolean;
  /** Its own name for its model. */
  readonly model?: string;
  /** The model that it must be asked for by name, when a request names none. */
  readonly asksFor?: string;
  /** The engine's build. */
  readonly engine?: string;
  /** How many candidates one request may ask for; absent when there is no known bound. */
  readonly slots?: number;
  readonly supportsImages: boolean;
  /** It is given tools as they are; another server's model is told of them in its prompt. */
  readonly supportsTools: boolean;
  /** llama-server's template knows several calls in one answer. */
  readonly callsInParallel: boolean;
  readonly supportsSystemRole: boolean;
  /** Its chat template refuses anything but user, assistant, user, … after the system text. */
  readonly alternatesRoles: boolean;
  /** Texts at which it ends every answer, and which it forgets when a question has such texts of its own. */
  readonly endsAt?: readonly string[];
  /** It says again what stands before it: after the result of a call it would make the same call for ever. */
  readonly repeatsCalls?: boolean;
};
