/** One fenced block of the tutorial. */
export type Block = {
  /** The language that its tab is for; undefined if it is for all. */
  readonly tab: string | undefined;
  readonly kind: 'commands' | 'output' | 'file' | 'diff';
  readonly text: string;
  /** Whether the page says, in a comment, that its commands fail. */
  readonly fails: boolean;
};

const kinds: Readonly<Record<string, Block['kind']>> = {
  sh: 'commands',
  text: 'output',
  md: 'output',
  diff: 'diff',
};

/** The blocks of a page that a reader of these tabs follows, from the first to the last. */
export function blocksFor(tab: string, page: string): readonly Block[] {
  const fences = page.matchAll(
    /(<!-- fails -->\n(?:::: code-group\n\n)?)?^(`{3,})(\w+)(?: \[(\w+)\])?\n([\s\S]*?)^\2$|^:::$/gm,
  );
  const blocks: Block[] = [];
  let fails = false;
  for (const [, mark, , language = '', label, text = ''] of fences) {
    if (language === '') {
      fails = false;
      continue;
    }
    fails = mark !== undefined || (fails && label !== undefined);
    blocks.push({tab: label, kind: kinds[language] ?? 'file', text, fails});
  }
  return blocks.filter(block => block.tab === undefined || block.tab === tab);
}

/** The name of a file: a comment in its first line has it. */
export function fileName({text}: Block): string {
  return /^(?:\/\/|#) (\S+)\n/.exec(text)?.[1] ?? '';
}
