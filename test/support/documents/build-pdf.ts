import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import fontkit from '@pdf-lib/fontkit';
import {degrees, PDFDocument, type PDFFont, type PDFPage, PDFString, rgb, StandardFonts} from 'pdf-lib';

export type PdfPage = {
  readonly lines?: readonly string[];
  /** Points; A4 by default. */
  readonly size?: readonly [width: number, height: number];
  readonly fontSize?: number;
  /** By default the font is embedded, so that the page looks the same everywhere; `base-14` uses a standard font. */
  readonly font?: 'embedded' | 'base-14';
  readonly rotation?: 0 | 90 | 180 | 270;
  readonly cropBox?: readonly [x: number, y: number, width: number, height: number];
  /** A PNG over the whole page, as a scanner creates it. */
  readonly scan?: Uint8Array;
  /** A text annotation with its own appearance. */
  readonly note?: string;
  /** A filled-in form field. */
  readonly field?: string;
  /** Bars and lines in colour. */
  readonly figure?: boolean;
};

export type PdfContents = {
  readonly pages: readonly PdfPage[];
  readonly title?: string;
  /** The creation and modification date. */
  readonly date?: Date;
};

const fontFile = createRequire(import.meta.url).resolve(
  '@expo-google-fonts/pt-serif/400Regular/PTSerif_400Regular.ttf',
);

/** A PDF of these pages, with the same bytes for the same contents. */
export async function buildPdf({
  pages,
  title = 'Untitled',
  date = new Date(0),
}: PdfContents): Promise<Uint8Array> {
  const document = await PDFDocument.create({updateMetadata: false});
  document.registerFontkit(fontkit);
  document.setTitle(title);
  document.setCreationDate(date);
  document.setModificationDate(date);
  // Complete, as fontkit's subsets lack glyphs; with a fixed name, as fontkit would choose a random one.
  const embedded = await document.embedFont(await readFile(fontFile), {subset: false, customName: 'Body'});
  for (const [index, page] of pages.entries()) {
    const font = page.font === 'base-14' ? await document.embedFont(StandardFonts.Helvetica) : embedded;
    await drawPage(document, {page, font, index});
  }
  return document.save({useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false});
}

/** A page with some lines of text. */
export function textPage(...lines: string[]): PdfPage {
  return {lines};
}

async function drawPage(
  document: PDFDocument,
  {page, font, index}: {page: PdfPage; font: PDFFont; index: number},
): Promise<void> {
  const {
    lines = [],
    size = [595, 842],
    fontSize = 12,
    rotation = 0,
    cropBox,
    scan,
    note,
    field,
    figure,
  } = page;
  const drawn = document.addPage([...size]);
  drawn.setRotation(degrees(rotation));
  if (cropBox) drawn.setCropBox(...cropBox);
  if (scan) {
    const picture = await document.embedPng(scan);
    drawn.drawImage(picture, {x: 0, y: 0, width: size[0], height: size[1]});
  }
  for (const [row, line] of lines.entries())
    drawn.drawText(line, {x: 50, y: size[1] - 50 - row * fontSize * 1.25, size: fontSize, font});
  if (figure) drawFigure(drawn);
  if (note !== undefined) annotate(document, {page: drawn, note});
  if (field !== undefined) {
    const input = document.getForm().createTextField(`field${index}`);
    input.setText(field);
    input.addToPage(drawn, {x: 50, y: 300, width: 200, height: 30, font});
    input.updateAppearances(font);
  }
}

function drawFigure(page: PDFPage): void {
  for (let bar = 0; bar < 24; bar++)
    page.drawRectangle({
      x: 60 + bar * 18,
      y: 60,
      width: 14,
      height: 20 + ((bar * 37) % 90),
      color: rgb(0.2, bar / 24, 0.8),
    });
  for (let line = 0; line < 60; line++)
    page.drawLine({
      start: {x: 60 + line * 7, y: 180 + ((line * 53) % 60)},
      end: {x: 67 + line * 7, y: 180 + (((line + 1) * 53) % 60)},
      thickness: 0.7,
      color: rgb(0.8, 0.1, 0.1),
    });
}

/** A square annotation: unlike a sticky note it looks the same in every viewer. */
function annotate(document: PDFDocument, {page, note}: {page: PDFPage; note: string}): void {
  const appearance = document.context.stream('1 0.8 0 rg 0 0 100 40 re f', {
    Type: 'XObject',
    Subtype: 'Form',
    BBox: [0, 0, 100, 40],
  });
  const annotation = document.context.obj({
    Type: 'Annot',
    Subtype: 'Square',
    Rect: [300, 500, 400, 540],
    F: 4,
    Contents: PDFString.of(note),
    AP: {N: document.context.register(appearance)},
  });
  page.node.addAnnot(document.context.register(annotation));
}
