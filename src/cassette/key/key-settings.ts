import {type Static, Type} from '@sinclair/typebox';
import {type IgnoreRuleName, namedIgnoreRules} from './named-ignore-rules.js';

const ignoreRuleNames = Object.keys(namedIgnoreRules) as IgnoreRuleName[];

/**
 * Leaves a volatile value out of matching: a place in the request, the matches of a regular expression in its texts, or those of a named
 * rule. In a cassette, a pattern has `number: true` or no such member; those who ask for one get numbers unless they say `false`.
 */
export const IgnoreRule = Type.Union([
  Type.Union(ignoreRuleNames.map(name => Type.Literal(name))),
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
    {
      pattern: Type.String({minLength: 1, description: 'A regular expression (JavaScript, flags gu)'}),
      number: Type.Optional(
        Type.Boolean({description: 'Whether different values stay different (default: true)'}),
      ),
    },
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

const documentSettings = {
  pages: Type.Union([Type.Literal('images'), Type.Literal('text'), Type.Literal('both')], {
    description: 'What the model is given of a PDF: pictures of its pages, their text, or both',
  }),
  pageSize: Type.Integer({minimum: 16, maximum: 4096, description: "Pixels of a page's long side"}),
  maxPages: Type.Integer({minimum: 1, maximum: 1000, description: 'Pages that a PDF may have'}),
};

/** How documents are rendered to pages. A cassette stores this with its first document. */
export const DocumentSettings = Type.Object(documentSettings, {additionalProperties: false});
export type DocumentSettings = Static<typeof DocumentSettings>;

/** The settings that shape keys. A cassette stores those it was created with, so that replaying needs no flags. */
export const KeySettings = Type.Object(
  {
    forwardModel: Type.Boolean({
      description: "The client's model name is sent to the upstream, and is part of the key",
    }),
    ignore: Type.Array(IgnoreRule),
    redact: Type.Array(RedactRule, {description: 'Rules besides the built-in ones'}),
    ...documentSettings,
  },
  {additionalProperties: false},
);
export type KeySettings = Static<typeof KeySettings>;

export const defaultKeySettings: KeySettings = {
  forwardModel: false,
  ignore: [],
  redact: [],
  pages: 'images',
  // The input size of Gemma 3's vision encoder.
  pageSize: 896,
  maxPages: 100,
};

export function documentSettingsOf({pages, pageSize, maxPages}: DocumentSettings): DocumentSettings {
  return {pages, pageSize, maxPages};
}

/** Settings as a cassette stores them, from those that somebody asks for. */
export function storedForm<Settings extends Partial<KeySettings>>(asked: Settings): Settings {
  return asked.ignore ? {...asked, ignore: asked.ignore.map(storedRule)} : asked;
}

function storedRule(rule: IgnoreRule): IgnoreRule {
  if (typeof rule === 'string' || 'pointer' in rule) return rule;
  const {pattern, number = true} = rule;
  return number ? {pattern, number} : {pattern};
}

/** The rules as cassettes stored them when masks had no numbers. */
export function withoutRuleNumbers(rules: readonly IgnoreRule[]): IgnoreRule[] {
  return rules.map(rule => (typeof rule === 'object' && 'pattern' in rule ? {pattern: rule.pattern} : rule));
}
