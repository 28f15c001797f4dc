import {type Static, Type} from '@sinclair/typebox';

/** Masks what varies between runs and means nothing: a place in the request, or whatever a regular expression finds in its texts. */
export const IgnoreRule = Type.Union([
  Type.Object(
    {
      pointer: Type.String({
        pattern: '^(/.*)?$',
        description: 'A JSON pointer (RFC 6901) into the matching view',
      }),
    },
    {additionalProperties: false},
  ),
  Type.Object(
    {pattern: Type.String({minLength: 1, description: 'A regular expression (JavaScript, flags gu)'})},
    {additionalProperties: false},
  ),
]);
export type IgnoreRule = Static<typeof IgnoreRule>;

/** Replaces secrets in requests before they are hashed or stored, and in recorded answers, by `<redacted:NAME:1>`. */
export const RedactRule = Type.Object(
  {
    name: Type.String({pattern: '^[a-z0-9-]+$', description: 'Stands in the placeholder'}),
    pattern: Type.String({minLength: 1, description: 'A regular expression (JavaScript, flags gu)'}),
  },
  {additionalProperties: false},
);
export type RedactRule = Static<typeof RedactRule>;

/** The settings that shape keys. A cassette remembers those it was created with, so that replaying needs no flags. */
export const KeySettings = Type.Object(
  {
    forwardModel: Type.Boolean({
      description: "The client's model name is sent to the upstream, and is part of the key",
    }),
    ignore: Type.Array(IgnoreRule),
    redact: Type.Array(RedactRule, {description: 'Rules besides the built-in ones'}),
  },
  {additionalProperties: false},
);
export type KeySettings = Static<typeof KeySettings>;

export const defaultKeySettings: KeySettings = {forwardModel: false, ignore: [], redact: []};
