import {Type} from '@sinclair/typebox';
import {IgnoreRule, RedactRule} from '../../cassette/key/key-settings.js';
import {FaultRule} from '../../faults/fault-rule.js';
import {given} from '../places.js';

/** Where answers come from, and how they are matched and replayed. */
export const recordingSettings = {
  mode: Type.Optional(
    Type.Union(
      [Type.Literal('replay'), Type.Literal('auto'), Type.Literal('record'), Type.Literal('passthrough')],
      {
        description: 'Mode: replay, auto, record or passthrough (default: replay in CI, else auto)',
        ...given({placeholder: 'mode'}),
      },
    ),
  ),
  cassette: Type.String({
    minLength: 1,
    default: 'cassettes',
    description: 'Cassette file (NAME.cassette), folder of cassettes, or postgres:// address',
    ...given({placeholder: 'path', path: 'always'}),
  }),
  followLinks: Type.Boolean({
    default: false,
    description: 'Follow symbolic links to cassettes outside their folder',
    ...given({file: false}),
  }),
  pace: Type.Union([Type.Literal('instant'), Type.Literal('recorded'), Type.Number({exclusiveMinimum: 0})], {
    default: 'instant',
    description: 'Speed of replayed streams: instant, recorded, or a factor',
    ...given({placeholder: 'pace'}),
  }),
  finishTimeout: Type.Integer({
    minimum: 0,
    maximum: 2_147_483_647,
    default: 120_000,
    description: 'Milliseconds for which a recording goes on after its client has left',
    ...given({placeholder: 'ms'}),
  }),
  allowModeOverride: Type.Boolean({
    default: false,
    description: 'Let the x-retake-mode header override replay mode',
  }),
  missStatus: Type.Integer({
    minimum: 400,
    maximum: 499,
    default: 400,
    description: 'HTTP status of a request without a recording',
    ...given({placeholder: 'status'}),
  }),
  allowMissingCassettes: Type.Boolean({
    default: false,
    description: 'Start in replay mode although there are no cassettes yet',
  }),
  fault: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Fault that each request gets: rate-limit, cut:3 and others',
      ...given({placeholder: 'name', file: false}),
    }),
  ),
  faults: Type.Array(FaultRule, {
    default: [],
    description: 'Faults that matching requests get',
    ...given({flag: false, variables: false}),
  }),
  keepAlive: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 86_400,
      description:
        'Seconds of silence after which a stream gets a keep-alive; 0 for never (default: 15 for Anthropic, else never)',
      ...given({placeholder: 'seconds'}),
    }),
  ),
  strictApi: Type.Union([Type.Literal('warn'), Type.Literal('error'), Type.Literal('off')], {
    default: 'warn',
    description: 'Requests that the real API refuses: warn, error or off',
    ...given({placeholder: 'warn|error|off'}),
  }),
  forwardModel: Type.Optional(
    Type.Boolean({
      description: "Send the client's model name upstream, and match on it (default: as in the cassette)",
    }),
  ),
  ignore: Type.Optional(
    Type.Array(IgnoreRule, {
      description:
        'Volatile values to leave out of matching: names of rules, regular expressions or JSON pointers',
      ...given({flag: false, variables: false}),
    }),
  ),
  redact: Type.Optional(
    Type.Array(RedactRule, {
      description: 'Secrets to redact besides those of the built-in rules',
      ...given({flag: false, variables: false}),
    }),
  ),
  recordErrors: Type.Boolean({
    default: false,
    description: "Record the upstream's errors, too, and replay them",
  }),
};
