import type {Environment} from '../../src/config/load-config.js';

/** The escape sequences that a terminal accepts for images. */
export type PictureProtocol = 'kitty' | 'iterm2';

/** The protocol of the terminal, detected from the environment; undefined if it shows no images. */
export function pictureProtocol({
  TERM = '',
  TERM_PROGRAM = '',
  KITTY_WINDOW_ID,
  TMUX,
}: Environment): PictureProtocol | undefined {
  // A multiplexer draws the screen itself, and drops unknown sequences.
  if (TMUX || /^(screen|tmux)/.test(TERM)) return undefined;
  if (KITTY_WINDOW_ID || /kitty|ghostty/.test(TERM) || /^ghostty$/i.test(TERM_PROGRAM)) return 'kitty';
  return /^(iTerm\.app|WezTerm|vscode)$/.test(TERM_PROGRAM) ? 'iterm2' : undefined;
}

/** The most data that one escape sequence may carry (kitty's graphics protocol, "Remote client"). */
const kittyChunk = 4096;

/** The sequence that shows a PNG at the cursor. */
export function pictureSequence(protocol: PictureProtocol, png: Uint8Array): string {
  const data = Buffer.from(png).toString('base64');
  if (protocol === 'iterm2') {
    return `\u001b]1337;File=inline=1;size=${png.length};preserveAspectRatio=1:${data}\u0007\n`;
  }
  const chunks = data.match(new RegExp(`.{1,${kittyChunk}}`, 'g')) ?? [];
  return `${chunks
    .map((chunk, index) => {
      const isLast = index === chunks.length - 1;
      return `\u001b_G${index === 0 ? 'a=T,f=100,q=2,' : ''}m=${isLast ? 0 : 1};${chunk}\u001b\\`;
    })
    .join('')}\n`;
}
