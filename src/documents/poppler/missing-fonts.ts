/** The fonts that a PDF does not embed and that poppler found no substitute for. It leaves out their text and exits with 0. */
export function missingFonts(stderr: string): readonly string[] {
  const names = [...stderr.matchAll(/(?:Couldn't find a font for|No display font for) '([^'\n]*)'/g)].map(
    ([, name = '']) => printable(name),
  );
  return [...new Set(names)].slice(0, 20);
}

export function missingFontWarning(names: readonly string[]): string {
  return (
    `No font was found for ${names.map(name => `\`${name}\``).join(', ')}, which the PDF does not embed: text is missing from its pages. ` +
    'Install fonts (Debian, Ubuntu: `apt install fontconfig fonts-liberation fonts-urw-base35`; macOS has its own).'
  );
}

/** The name comes from the document. */
function printable(name: string): string {
  return name.replace(/[^\x21-\x7e]/g, '?').slice(0, 80);
}
