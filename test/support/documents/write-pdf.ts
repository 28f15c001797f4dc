/** An object in file format, or the parts of a stream: its dictionary without `/Length`, and its data. */
export type PdfObject = string | Uint8Array | {readonly dictionary: string; readonly data: Uint8Array};

/** Writes a PDF of numbered objects, starting at 1, in the order given by `order`. */
export function writePdf(
  objects: readonly PdfObject[],
  {
    root = 1,
    trailer = '',
    order = objects.map((_, index) => index + 1),
  }: {root?: number; trailer?: string; order?: readonly number[]} = {},
): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let length = parts[0]?.length ?? 0;
  const offsets: number[] = [];
  for (const number of order) {
    const bytes = objectBytes(number, objects[number - 1] ?? 'null');
    offsets[number] = length;
    parts.push(bytes);
    length += bytes.length;
  }
  const lines = objects.map((_, index) => `${String(offsets[index + 1]).padStart(10, '0')} 00000 n \n`);
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines.join('')}` +
        `trailer\n<< /Size ${objects.length + 1} /Root ${root} 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return new Uint8Array(Buffer.concat(parts));
}

function objectBytes(number: number, object: PdfObject): Buffer {
  return Buffer.concat([Buffer.from(`${number} 0 obj\n`), contentBytes(object), Buffer.from('\nendobj\n')]);
}

function contentBytes(object: PdfObject): Uint8Array {
  if (typeof object === 'string') return Buffer.from(object, 'latin1');
  if (object instanceof Uint8Array) return object;
  const {dictionary, data} = object;
  return Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${data.length} >>\nstream\n`, 'latin1'),
    data,
    Buffer.from('\nendstream'),
  ]);
}
