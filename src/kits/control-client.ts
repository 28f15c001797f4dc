/** What the kits read of the control API: docs/reference/openapi.json. */
export type Session = {
  readonly id: string;
  readonly cassette: string | null;
  readonly mode: string;
  readonly urls: Urls;
  readonly environment: Readonly<Record<string, string>>;
};

/** The base URLs, as the SDKs of each API take them. */
export type Urls = {readonly gemini: string; readonly openai: string; readonly anthropic: string};

export type SessionOutcome = {
  readonly verdict: {
    readonly played: number;
    readonly recorded: number;
    readonly missed: number;
    readonly failed: number;
    readonly misses: readonly {readonly key: string; readonly message: string}[];
    readonly unused: readonly UnusedTake[];
  };
  readonly failures: readonly {readonly code: string; readonly message: string; readonly hint?: string}[];
};

export type UnusedTake = {
  readonly cassette: string;
  readonly key: string;
  readonly take: number;
  readonly question: string;
};

export type NewSession = {
  readonly id?: string | undefined;
  readonly name: string;
  readonly cassette?: string | undefined;
  readonly mode?: string | undefined;
  readonly faults?: readonly (string | object)[] | undefined;
  readonly parent?: string | undefined;
};

export type ControlClient = {
  createSession(session: NewSession): Promise<Session>;
  endSession(id: string): Promise<SessionOutcome>;
};

/** A client of the control API of a retake at this address. An application may replace `fetch`, so the kits use the one of the start. */
export function controlClient(address: string): ControlClient {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await originalFetch(`${address}/_retake/v1${path}`, {
      method,
      headers: {'content-type': 'application/json'},
      body: body === undefined ? null : JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const {error} = answer as {error: {message: string; hint?: string}};
    throw new Error(`retake: ${[error.message, error.hint].filter(text => text !== undefined).join('. ')}`);
  };
  return {
    createSession: async session => (await call('POST', '/sessions', session)) as Session,
    endSession: async id => (await call('DELETE', `/sessions/${id}`)) as SessionOutcome,
  };
}

const originalFetch = globalThis.fetch;
