import {type Static, type TSchema, Type} from '@sinclair/typebox';
import {isMode, modes} from '../../cassette/modes.js';
import {FaultRule} from '../../faults/fault-rule.js';

const Count = Type.Integer({minimum: 0});
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Any = Type.Unsafe<unknown>({type: 'object', additionalProperties: true});

export const ModeName = Type.Union(
  Object.keys(modes)
    .filter(isMode)
    .map(mode => Type.Literal(mode)),
);

/** The outcomes of an exchange. */
const outcomes = ['hit', 'recorded', 'live', 'miss', 'fault'];

export const OutcomeName = Type.Union(outcomes.map(outcome => Type.Literal(outcome)));

export const ErrorAnswer = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    hint: Type.Optional(Type.String({description: 'What you can do about it.'})),
  }),
});

export const Status = Type.Object({
  version: Type.String({description: 'The version of retake.'}),
  ready: Type.Boolean({description: 'Whether requests can be answered as the mode promises.'}),
  mode: ModeName,
  cassette: Type.String({description: 'The path or address of the cassettes.'}),
  upstream: Type.Optional(Type.Object({phase: Type.String(), name: Type.String(), detail: Type.String()})),
  sessions: Type.Integer({minimum: 0, description: 'Open sessions.'}),
  exchanges: Type.Integer({minimum: 0, description: 'Requests to an API since the start.'}),
});

export const NewSessionBody = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        pattern: '^s-[0-9a-f]{16}$',
        description:
          'An id of your own, for clients that need the base URLs before they can wait. Make it at random.',
      }),
    ),
    name: Type.String({minLength: 1, maxLength: 500, description: 'A name for people, usually of a test.'}),
    cassette: Type.Optional(
      Type.String({
        description: 'The cassette of its requests. Default: the one of requests without a name.',
      }),
    ),
    mode: Type.Optional(ModeName),
    parent: Type.Optional(
      Type.String({
        description:
          'A session that this one is a part of, for example of the test file. It gives the mode, and the cassette if it has one. While one session is open in it, requests of the parent are counted in that one.',
      }),
    ),
    faults: Type.Optional(
      Type.Array(Type.Union([Type.String({minLength: 1}), FaultRule]), {
        maxItems: 100,
        description:
          'What goes wrong with its requests: names of faults, or rules as in `retake.config.json`. They come before the rules of the server.',
      }),
    ),
  },
  {additionalProperties: false},
);
export type NewSessionBody = Static<typeof NewSessionBody>;

export const SessionAnswer = Type.Object({
  id: Type.String(),
  name: Type.String(),
  cassette: Nullable(Type.String({description: 'Null for the default cassette.'})),
  mode: ModeName,
  urls: Type.Object(
    {gemini: Type.String(), openai: Type.String(), anthropic: Type.String()},
    {description: 'The base URLs, as the SDKs of each API take them.'},
  ),
  environment: Type.Record(Type.String(), Type.String(), {
    description:
      'The environment variables that make unchanged SDKs use the session, with placeholders for keys.',
  }),
});
export type SessionAnswer = Static<typeof SessionAnswer>;

const namedTake = {
  cassette: Type.String(),
  key: Type.String(),
  take: Type.Integer({minimum: 1, description: 'Which recorded answer of the request, from 1.'}),
  recordedAt: Type.Integer({description: 'Unix milliseconds.'}),
};

const Miss = Type.Object({
  cassette: Type.String(),
  key: Type.String(),
  question: Type.String({description: 'The beginning of the request’s text.'}),
  message: Type.String({description: 'The explanation, as the client got it.'}),
  nearest: Type.Optional(
    Type.Object({key: Type.String(), question: Type.String(), differences: Type.Array(Type.String())}),
  ),
});

export const VerdictAnswer = Type.Object({
  played: Type.Integer({minimum: 0, description: 'Requests that got a recorded answer.'}),
  recorded: Count,
  missed: Type.Integer({
    minimum: 0,
    description: 'Requests without a recording, in a mode that does not record.',
  }),
  recordedErrors: Type.Integer({
    minimum: 0,
    description: 'Of the recorded ones, those whose recording is an error of the upstream.',
  }),
  notRecorded: Count,
  givenUp: Count,
  faulted: Type.Integer({minimum: 0, description: 'Requests that got a fault that was asked for.'}),
  failed: Count,
  notSent: Type.Integer({
    minimum: 0,
    description: 'Requests that a provider was not sent, because the tokens that may be spent were spent.',
  }),
  misses: Type.Array(Miss),
  repeated: Type.Array(
    Type.Object({
      cassette: Type.String(),
      key: Type.String(),
      question: Type.String(),
      takes: Count,
      repeats: Count,
    }),
  ),
  used: Type.Array(Type.Object(namedTake)),
  unused: Type.Array(Type.Object({...namedTake, question: Type.String()})),
});

export const SessionVerdict = Type.Object({
  id: Type.String(),
  name: Type.String(),
  cassette: Nullable(Type.String()),
  mode: ModeName,
  verdict: VerdictAnswer,
  failures: Type.Array(
    Type.Object({code: Type.String(), message: Type.String(), hint: Type.Optional(Type.String())}),
    {description: 'The errors of its requests other than misses; at most 100.'},
  ),
});
export type SessionVerdict = Static<typeof SessionVerdict>;

export const ExchangeSummary = Type.Object({
  id: Type.String(),
  endedAt: Type.Integer({description: 'Unix milliseconds.'}),
  method: Type.String(),
  path: Type.String(),
  dialect: Type.String(),
  status: Type.Integer(),
  outcome: Type.Optional(Type.Unsafe<string>({type: 'string', enum: outcomes})),
  cassette: Type.Optional(Type.String()),
  key: Type.Optional(Type.String()),
  session: Type.Optional(Type.String()),
  sessionName: Type.Optional(Type.String({description: 'The name of a session that this API has created.'})),
  question: Type.Optional(
    Type.String({description: 'The beginning of the request’s text, if it is recorded or was missed.'}),
  ),
  model: Type.Optional(Type.String()),
  tokens: Type.Optional(Type.Object({input: Count, output: Count})),
  firstEvent: Type.Optional(Type.Number({description: 'Milliseconds to the first content of the answer.'})),
  duration: Type.Number({description: 'Milliseconds to the end of the response.'}),
  warnings: Type.Array(Type.String()),
  fault: Type.Optional(Type.String({description: 'The fault that the request got.'})),
  error: Type.Optional(Type.Object({code: Type.String(), message: Type.String()})),
});
export type ExchangeSummary = Static<typeof ExchangeSummary>;

export const ExchangePage = Type.Object({
  exchanges: Type.Array(ExchangeSummary, {description: 'The newest first.'}),
  next: Nullable(Type.String({description: 'For the parameter `before` of the next page; null at the end.'})),
});

export const ExchangeDetails = Type.Object({
  exchange: ExchangeSummary,
  question: Type.Optional(Type.String({description: 'The beginning of the request’s text.'})),
  request: Type.Optional(Any),
  answer: Type.Optional(Any),
  take: Type.Optional(Type.Integer({minimum: 1})),
  miss: Type.Optional(Miss),
});

export const RecordedExchange = Type.Object({
  outcome: Type.Unsafe<string>({type: 'string', enum: ['recorded', 'hit']}),
  cassette: Type.String(),
  key: Type.String(),
  answer: Any,
});

export const CassetteList = Type.Object({cassettes: Type.Array(Type.Object({name: Type.String()}))});

export const InteractionPage = Type.Object({
  cassette: Type.String(),
  interactions: Type.Array(
    Type.Object({
      key: Type.String(),
      question: Type.String(),
      request: Any,
      takes: Type.Array(
        Type.Object({
          take: Type.Integer({minimum: 1}),
          recordedAt: Type.Integer(),
          model: Type.String(),
          answer: Any,
        }),
      ),
    }),
    {description: 'In the order of their keys.'},
  ),
  next: Nullable(Type.String({description: 'For the parameter `after` of the next page; null at the end.'})),
});
