/** A pattern. With `value`, all its matches count as one value: whether two measured times are equal means nothing. */
export type NamedPattern = string | {readonly pattern: string; readonly value: string};

/**
 * Ignore rules that have a name. A cassette stores the name alone, so a changed pattern would silently change what its keys mean: give it a
 * new name instead.
 */
export const namedIgnoreRules = {
  uuid: ['(?<![\\da-fA-F-])[\\da-fA-F]{8}(?:-[\\da-fA-F]{4}){3}-[\\da-fA-F]{12}(?![\\da-fA-F-])'],
  'iso-date': ['(?<!\\d)\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])(?!\\d)'],
  'iso-time': [
    // A time of day with seconds, or behind a date and a `T`; the date may be masked already.
    '(?:(?<=[\\d>]T)(?:[01]\\d|2[0-3]):?[0-5]\\d(?::?[0-5]\\d(?:[.,]\\d+)?)?|(?<![\\d:.])(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:[.,]\\d+)?)(?:Z|[+-]\\d{2}(?::?\\d{2})?)?(?![\\d:])',
  ],
  // From 2017 to 2033, in seconds, milliseconds, microseconds or nanoseconds.
  'unix-time': ['(?<![\\d.])1[5-9]\\d{8}(?:\\d{3}){0,3}(?:\\.\\d+)?(?!\\d)'],
  'temp-path': [
    '(?<![\\w.~-])(?:/private)?/(?:tmp|var/tmp|var/folders/[^/\\s]+/[^/\\s]+/T)/[^\\s"\'`<>()\\[\\]{}|;,]+',
    '(?<!\\w)[A-Za-z]:\\\\(?:Users\\\\[^\\\\\\s"\']+\\\\AppData\\\\Local\\\\Temp|Windows\\\\Temp|Temp)\\\\[^\\s"\'`<>()\\[\\]{}|;,]+',
  ],
  'agent-noise': [
    // Claude Code
    '(?<=\\b[Ww]orking directory: )[^\\n]+',
    '(?<=\\bOS Version: )[^\\n]+',
    "(?<=\\bToday's date(?: is|:) )[^\\n]+",
    '(?<=\\bgitStatus(?:: |\\n))This is the git status at the start of the conversation\\.[^]*?\\nRecent commits:\\n(?:[\\da-f]{7,40} [^\\n]*\\n?)*',
    '(?<=\\bfile-based memory at `)[^`\\n]+(?=`)',
    // Codex
    '(?<=<cwd>)[^<]+(?=</cwd>)',
    '(?<=<root>)[^<]+(?=</root>)',
    '(?<=<current_date>)[^<]+(?=</current_date>)',
    '(?<=<timezone>)[^<]+(?=</timezone>)',
    '(?<=\\bAGENTS\\.md instructions for )[^\\n]+',
    '(?<=\\n- `r\\d+` = `)[^`\\n]+(?=`)',
    '(?<=\\bChunk ID: )[\\da-f]+',
    {pattern: '(?<=\\bWall time:? )\\d+(?:\\.\\d+)?(?= seconds)', value: 'wall time'},
    // Gemini CLI
    "(?<=\\bproject's temporary directory is: )[^\\n]+",
    '(?<=\\bcurrently working in the directory: )[^\\n]+',
    '(?<=\\*\\*Private Project Memory\\*\\* \\(`)[^`\\n]+(?=`)',
    '(?<=\\*\\*Workspace Directories:\\*\\*\\n)(?: {2}- [^\\n]+\\n)+',
    '(?<=\\n\\n)[^\\n]+[/\\\\](?=\\n[├└]───)',
    // All of them
    '(?<=\\b(?:PG?ID|pid|[Pp]rocess [Ii][Dd])s?[:= ]{1,3})\\d+',
  ],
} as const satisfies Record<string, readonly NamedPattern[]>;

export type IgnoreRuleName = keyof typeof namedIgnoreRules;
