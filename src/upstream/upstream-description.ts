/** The identity and the features of an upstream, as far as it reports them. */
export type UpstreamDescription = {
  /** Whether it is llama-server, which extends OpenAI's protocol. */
  readonly isLlamaServer: boolean;
  /** Its own name for its model. */
  readonly model?: string | undefined;
  /** The model name to send if the request names none. */
  readonly defaultModel?: string | undefined;
  /** The engine's build. */
  readonly engine?: string | undefined;
  /** How many candidates one request may ask for; undefined if there is no known limit. */
  readonly slots?: number | undefined;
  readonly supportsImages: boolean;
  /** Whether tools are sent in the request; otherwise the prompt describes them. */
  readonly supportsTools: boolean;
  /** Whether llama-server's chat template allows several calls in one answer. */
  readonly callsInParallel: boolean;
  readonly supportsSystemRole: boolean;
  /** Whether its chat template rejects anything but user, assistant, user, … after the system text. */
  readonly alternatesRoles: boolean;
  /** The stop texts that it was started with, which it drops if the request has stop sequences. */
  readonly reversePrompts?: readonly string[] | undefined;
  /** Whether the model repeats what precedes its answer: after a tool result it would make the same call again and again. */
  readonly repeatsCalls?: boolean | undefined;
  /** The temperature of chats that set none: at the server's own, a base model wanders. */
  readonly temperature?: number | undefined;
  /** The tokens that are nothing but line breaks; structured answers go without them. */
  readonly lineBreakTokens?: readonly number[] | undefined;
};
