import type {Recording} from '../../src/cassette/cassette.js';
import type {MatchingView} from '../../src/cassette/key/key.js';
import type {Take} from '../../src/cassette/take.js';
import {recordingOfView, takeSaying} from '../cassette/compare/build-diff.js';

/** Texts that try to be more than data in some format; each contains `owned`. */
export const hostileTexts: readonly string[] = [
  '<script>document.title = "owned"</script>',
  '"><img src=x onerror="document.title=\'owned\'">',
  '</pre></code></details></article><h1>owned</h1><script>alert("owned")</script>',
  '<!-- owned --> &lt;b&gt;owned <style>body{display:none}</style>',
  '\u001b[2J\u001b]0;owned\u0007\u009b31mowned',
  'invoice\u202eowned\u2066exe.\u2069 \u061c\u200fowned',
  '```\n# owned\n@owned #1 owned/owned#2 https://owned.example www.owned.example\n````\n~~~\nowned',
  '</details>\n\n# owned\n\n- [owned](javascript:alert) ![owned](https://owned.example/x.png)\n\n| owned | owned |\n|---|---|',
  'a\n::error file=owned::owned\n  ::set-output name=owned::owned\n\r\n::add-mask::owned',
  '%0A::error::owned %25 ##[error]owned ##vso[task.setvariable variable=owned]owned',
  '{0} [owned](https://owned.example) {{owned}} \\u0041 \\x1b owned',
  '\u2028\u2029owned\u0000owned\ufeff',
];

/** Interactions with a text in every place that can hold untrusted text. */
export function hostileRecordings(text: string): {before: readonly Recording[]; after: readonly Recording[]} {
  const withText = (name: string, system = text): MatchingView => ({
    operation: 'chat',
    turns: [
      {role: 'system', parts: [{type: 'text', text: system}]},
      {role: `user ${text}`, name: text, parts: [{type: 'text', text: `${name} ${text}`}]},
      {role: 'user', parts: [{type: 'text', text: `${name} ${text}`}]},
    ],
    tools: [{name: text, description: text, parameters: {[text.replaceAll('\u0000', '')]: text}}],
    extras: {[`x${text}`]: text},
  });
  const take = (said: string): Take => {
    const {chunks, provenance} = takeSaying(said);
    return {chunks, provenance: {...provenance, model: text, engine: text, askedFor: text}};
  };
  return {
    before: [
      recordingOfView(withText('same'), take(`${text} before`)),
      recordingOfView(withText('json'), take(JSON.stringify({[text]: text}))),
      recordingOfView(withText('changed'), take(text)),
      recordingOfView(withText('removed because of it'), take(text)),
    ],
    after: [
      recordingOfView(withText('same'), take(`${text} after`)),
      recordingOfView(withText('json'), take(JSON.stringify({[`${text}!`]: [text]}))),
      recordingOfView(withText('changed', `${text} otherwise`), take(`now ${text}`)),
      recordingOfView(
        {operation: 'chat', turns: [{role: 'user', parts: [{type: 'text', text}]}]},
        take(text),
      ),
    ],
  };
}
