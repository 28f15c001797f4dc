/** Where a secret stands in a text. */
export type SecretMatch = {readonly start: number; readonly end: number};

/**
 * A built-in rule. `next` finds the first secret that begins in `[from, until)`, and reads a bounded number of characters beyond. All
 * rules together take time that grows with the length of the text and no faster, whatever the text: an expression whose failed attempts
 * may each run to the end of the text must not become a rule.
 */
export type SecretRule = {
  readonly name: string;
  /** A text without any of these has no such secret. */
  readonly signs: readonly string[];
  /** Whether the signs, in small letters, are looked for in any case. */
  readonly anyCase: boolean;
  next(text: string, from: number, until: number): SecretMatch | undefined;
};

/**
 * Secrets that are never written to a cassette, in any configuration. They shape keys: a request with a secret that an older version did
 * not know has another key now, which `retake rekey` computes. Patterns follow the issuers' documentation.
 */
export const secretRules: readonly SecretRule[] = [
  {name: 'private-key', signs: ['-----BEGIN '], anyCase: false, next: createPemSearch()},
  {name: 'jwt', signs: ['.eyJ'], anyCase: false, next: nextJwt},
  rule(
    'api-key',
    ['sk-', 'pk-', 'rk-'],
    /\b(?:sk|pk|rk)-(?:proj-|svcacct-|admin-|ant-|or-|live-|test-)?[\w-]{20,}/g,
  ),
  rule('stripe-key', ['k_live_', 'k_test_'], /\b[spr]k_(?:live|test)_[A-Za-z0-9]{16,}/g),
  rule('google-api-key', ['AIza'], /\bAIza[\w-]{35}/g),
  rule('google-oauth-token', ['ya29.'], /\bya29\.[\w-]{20,}/g),
  rule('google-oauth-secret', ['GOCSPX-'], /\bGOCSPX-[\w-]{20,}/g),
  rule(
    'github-token',
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/g,
  ),
  rule('gitlab-token', ['glpat-'], /\bglpat-[\w-]{20,}/g),
  rule('hugging-face-token', ['hf_'], /\bhf_[A-Za-z0-9]{30,}/g),
  rule('groq-key', ['gsk_'], /\bgsk_[A-Za-z0-9]{20,}/g),
  rule('xai-key', ['xai-'], /\bxai-[A-Za-z0-9]{20,}/g),
  rule('replicate-token', ['r8_'], /\br8_[A-Za-z0-9]{30,}/g),
  rule('langsmith-key', ['lsv2_'], /\blsv2_(?:pt|sk)_[A-Za-z0-9_]{20,}/g),
  rule('perplexity-key', ['pplx-'], /\bpplx-[A-Za-z0-9]{20,}/g),
  // NVIDIA, Cerebras, Fireworks, Together, Vercel's gateway, Amazon Bedrock, Databricks, Google's newer keys, Anyscale, Voyage; and services
  // beside the models: Tavily, Jina, Pinecone.
  rule(
    'provider-key',
    [
      'nvapi-',
      'csk-',
      'fw_',
      'tgp_v1_',
      'vck_',
      'ABSK',
      'bedrock-api-key-',
      'dapi',
      'AQ.Ab',
      'esecret_',
      'pa-',
      'tvly-',
      'jina_',
      'pcsk_',
    ],
    /\b(?:nvapi-[\w-]{40,}|csk-[a-z0-9]{40,}|fw_[A-Za-z0-9]{20,}|tgp_v1_[\w-]{40,}|vck_[A-Za-z0-9]{40,}|ABSK[A-Za-z0-9+/]{100,}={0,2}|bedrock-api-key-[\w+/-]{40,}={0,2}|dapi[a-f0-9]{32}|AQ\.Ab[\w-]{40,}|esecret_[a-z0-9]{20,}|pa-[\w-]{43}|tvly-[\w-]{20,}|jina_[\w-]{40,}|pcsk_\w{40,})(?![\w-])/g,
  ),
  rule('npm-token', ['npm_'], /\bnpm_[A-Za-z0-9]{36}/g),
  rule('pypi-token', ['pypi-'], /\bpypi-[\w-]{50,}/g),
  rule('sendgrid-key', ['SG.'], /\bSG\.[\w-]{16,64}\.[\w-]{16,64}/g),
  rule('digitalocean-token', ['_v1_'], /\bdo[oprt]_v1_[a-f0-9]{64}/g),
  rule('telegram-token', [':'], /\b\d{8,10}:[\w-]{35}(?![\w-])/g),
  rule('aws-access-key', ['AKIA', 'ASIA'], /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g),
  rule(
    'aws-secret-key',
    ['secret'],
    /\baws_?secret_?(?:access_?)?key(?:_?id)?["']?\s{0,8}[:=]\s{0,8}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/gi,
  ),
  rule('azure-account-key', ['AccountKey='], /\bAccountKey=([A-Za-z0-9+/]{40,}={0,2})/g),
  rule('azure-sas', ['sig='], /[?&]sig=([A-Za-z0-9%+/]{40,}={0,2})/g),
  rule('slack-token', ['xox', 'xapp-'], /\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}/g),
  rule('bearer-token', ['bearer '], /\bbearer ([\w.~+/-]{20,}=*)/gi),
  rule('basic-credentials', ['basic '], /\bbasic ([A-Za-z0-9+/]{8,}={0,2})/gi, isUserAndPassword),
  rule('url-password', ['://'], /:\/\/[^\s:@/?#"'<>]{0,128}:([^\s@/?#"'<>]{1,256})@/g),
];

/** Whether a built-in rule finds something in the text. Most texts have no secret, and are not searched further. */
export function hasSecret(text: string): boolean {
  if (text.length < shortestSecret && !text.includes('://')) return false;
  let small: string | undefined;
  return secretRules.some(({signs, anyCase, next}) => {
    if (anyCase) small ??= text.toLowerCase();
    const searched = anyCase && small !== undefined ? small : text;
    return signs.some(sign => searched.includes(sign)) && next(text, 0, text.length) !== undefined;
  });
}

/** Characters of `basic` and the shortest credentials behind it. Only passwords in URLs can be shorter. */
const shortestSecret = 14;

/** Characters that a rule reads beyond a window at most, unless it is in the middle of a secret. */
const reach = 4096;

/** A rule by its expression. The secret is its first group, which ends where the match or its last character ends, or else all of it. */
function rule(
  name: string,
  signs: readonly string[],
  {source, flags}: RegExp,
  isSecret: (text: string) => boolean = () => true,
): SecretRule {
  const expression = new RegExp(withoutCounters(source), flags);
  return {
    name,
    signs,
    anyCase: flags.includes('i'),
    next(text, from, until) {
      for (let begin = from; begin < until; ) {
        const match = execWithin(expression, text, begin, until);
        if (!match) return undefined;
        const secret = match[1] ?? match[0];
        const start = match.index + match[0].lastIndexOf(secret);
        if (isSecret(secret)) return {start, end: start + secret.length};
        begin = match.index + 1;
      }
      return undefined;
    },
  };
}

/** `x{20,}` as `x{20}x*`: V8 notes every step of the former, and has no room for the steps of a very long text. */
function withoutCounters(source: string): string {
  return source.replace(/(\[[^\]]+\]|\\w)\{(\d+),\}/g, '$1{$2}$1*');
}

/** The first match that begins before `until`, found without a look at the rest of a long text. */
function execWithin(
  expression: RegExp,
  text: string,
  from: number,
  until: number,
): RegExpExecArray | undefined {
  for (let end = until + reach; ; end *= 2) {
    expression.lastIndex = from;
    const match = expression.exec(end < text.length ? text.slice(0, end) : text);
    if (!match || match.index >= until) return undefined;
    // A secret that reaches the end of the part may be longer.
    if (end >= text.length || match.index + match[0].length < end - 1) return match;
  }
}

/** Three parts of base64url behind each other, of which the first two begin like a JSON object. They are found by their middle. */
function nextJwt(text: string, from: number, until: number): SecretMatch | undefined {
  for (let begin = from; ; ) {
    const match = execWithin(middleOfJwt, text, begin, Math.min(text.length, until + longestJwtHead));
    if (!match) return undefined;
    let first = match.index;
    while (first > from && isBase64Url(text.charCodeAt(first - 1))) first--;
    const head = headOfJwt.exec(text.slice(Math.max(0, first - 1), match.index));
    const start = match.index - (head?.[0].length ?? 0);
    if (start >= until) return undefined;
    if (head && start >= from) return {start, end: match.index + match[0].length};
    begin = match.index + 1;
  }
}

/** The middle of a token that begins in a window stands at most this far behind the window. */
const longestJwtHead = 65_536;
const middleOfJwt = /\.eyJ[\w-]{8}[\w-]*\.[\w-]{8}[\w-]*/g;
const headOfJwt = /\beyJ[\w-]{8}[\w-]*$/;

/** A private key in PEM or PGP armour, up to its end, or as far as it goes. */
function createPemSearch(): SecretRule['next'] {
  return (text, from, until) => {
    for (let begin = from; begin < until; ) {
      const header = execWithin(pemHeader, text, begin, until);
      if (!header) return undefined;
      const body = header.index + header[0].length;
      const end = endOfPem(text, body) ?? endOfArmour(text, body);
      if (end !== undefined) return {start: header.index, end};
      begin = body;
    }
    return undefined;
  };
}

const pemHeader = /-----BEGIN [A-Z ]{0,64}PRIVATE KEY(?: BLOCK)?-----/g;
const pemEnd = /-----(BEGIN|END) [A-Z ]{0,64}PRIVATE KEY(?: BLOCK)?-----/g;
/** A private key has a few kilobytes. */
const longestPem = 65_536;

/** The end of a block, if no other begins before. */
function endOfPem(text: string, from: number): number | undefined {
  pemEnd.lastIndex = 0;
  const part = text.slice(from, from + longestPem);
  const end = pemEnd.exec(part);
  return end?.[1] === 'END' ? from + end.index + end[0].length : undefined;
}

/** The end of lines of base64 without an end: of those with at least 16 characters, and the one behind them. */
function endOfArmour(text: string, from: number): number | undefined {
  let [end, position] = [from, from];
  for (;;) {
    position = skipLineEnds(text, position);
    const start = position;
    while (position < text.length && isBase64(text.charCodeAt(position))) position++;
    if (position - start >= 16) {
      end = position;
      continue;
    }
    return end === from ? undefined : position > start && position - start <= 4 ? position : end;
  }
}

/** Line ends, also those that are written out in JSON. */
function skipLineEnds(text: string, from: number): number {
  let position = from;
  for (;;) {
    if (/\s/.test(text.charAt(position))) position++;
    else if (text[position] === '\\' && /[nr]/.test(text.charAt(position + 1))) position += 2;
    else return position;
  }
}

function isBase64(code: number): boolean {
  return isLetterOrDigit(code) || code === 43 || code === 47 || code === 61;
}

function isBase64Url(code: number): boolean {
  return isLetterOrDigit(code) || code === 45 || code === 95;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/** The word behind "basic" is a credential if it is `user:password` in base64; most of the time it is English. */
function isUserAndPassword(text: string): boolean {
  return text.length <= 2048 && /^[\x20-\x39\x3b-\x7e]*:[\x20-\x7e]+$/.test(atob64(text));
}

function atob64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}
