// Reads a PDF from stdin with PDFium. The task `draw` writes its pages to stdout, each as a binary PPM image; `text` writes a JSON array with
// the text of each page. A separate process, because a document can make PDFium crash, loop or use too much memory.
//
// Exit codes: 10 not readable, 11 encrypted, 12 no pages, 13 too many pages (their number on stderr), 14 a page is missing (its number on
// stderr), anything else: PDFium failed.
import {readFileSync, writeSync} from 'node:fs';
import {createRequire} from 'node:module';
import {buffer} from 'node:stream/consumers';

const {task, module, wasm, pageSize, maxPages, memoryLimit} = JSON.parse(process.argv[2]);

const passwordError = 4;
const securityError = 5;
/** Annotations are drawn, as a viewer shows them, and pixels are RGB, not BGR. */
const drawFlags = 0x01 | 0x10;
const bitmapOfRgbx = 3;

limitMemory();
const {init} = createRequire(import.meta.url)(module);
const pdfium = await init({wasmBinary: readFileSync(wasm)});
const memory = pdfium.pdfium;
pdfium.PDFiumExt_Init();
const document = openDocument(await buffer(process.stdin));
const count = countPages();
if (task === 'draw') for (let page = 0; page < count; page++) await write(withPage(page, draw));
else await write(JSON.stringify(Array.from({length: count}, (_, page) => withPage(page, textOf))));
// Without waiting for anything that the library may have left open; everything was written.
process.exit(0);

/** PDFium's memory is WebAssembly's: what it may not grow to, it cannot use. PDFium ends the process when it gets none. */
function limitMemory() {
  const {grow} = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65_536 > memoryLimit) throw new RangeError('Out of memory');
    return grow.call(this, pages);
  };
}

function openDocument(pdf) {
  const address = allocate(pdf.length);
  memory.HEAPU8.set(pdf, address);
  const opened = pdfium.FPDF_LoadMemDocument(address, pdf.length, '');
  if (opened) return opened;
  const isEncrypted = [passwordError, securityError].includes(pdfium.FPDF_GetLastError());
  return process.exit(isEncrypted ? 11 : 10);
}

function allocate(bytes) {
  const address = memory.wasmExports.malloc(bytes);
  if (!address) process.exit(20);
  return address;
}

function countPages() {
  const pages = pdfium.FPDF_GetPageCount(document);
  if (pages <= 0) process.exit(12);
  if (pages > maxPages) fail(13, pages);
  return pages;
}

function withPage(index, use) {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (!page) fail(14, index + 1);
  try {
    return use(page);
  } finally {
    pdfium.FPDF_ClosePage(page);
  }
}

/** The page's long side is given, which bounds memory whatever size it claims. */
function draw(page) {
  const [pageWidth, pageHeight] = [pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)];
  const scale = pageSize / Math.max(pageWidth, pageHeight);
  const width = Math.max(1, Math.round(pageWidth * scale));
  const height = Math.max(1, Math.round(pageHeight * scale));
  const bitmap = pdfium.FPDFBitmap_CreateEx(width, height, bitmapOfRgbx, 0, 0);
  if (!bitmap) process.exit(20);
  pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xff_ff_ff_ff);
  pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, drawFlags);
  const address = pdfium.FPDFBitmap_GetBuffer(bitmap);
  const stride = pdfium.FPDFBitmap_GetStride(bitmap);
  const head = Buffer.from(`P6\n${width} ${height}\n255\n`);
  const frame = Buffer.allocUnsafe(head.length + width * height * 3);
  head.copy(frame);
  const pixels = memory.HEAPU8;
  let to = head.length;
  for (let row = 0; row < height; row++) {
    for (let from = address + row * stride, end = from + width * 4; from < end; from += 4) {
      frame[to++] = pixels[from];
      frame[to++] = pixels[from + 1];
      frame[to++] = pixels[from + 2];
    }
  }
  pdfium.FPDFBitmap_Destroy(bitmap);
  return frame;
}

function textOf(page) {
  const text = pdfium.FPDFText_LoadPage(page);
  if (!text) return '';
  const length = Math.max(0, pdfium.FPDFText_CountChars(text));
  const address = allocate((length + 1) * 2);
  const written = pdfium.FPDFText_GetText(text, 0, length, address);
  const characters = Buffer.from(memory.HEAPU8.subarray(address, address + Math.max(0, written - 1) * 2));
  memory.wasmExports.free(address);
  pdfium.FPDFText_ClosePage(text);
  // PDFium ends lines with \r\n, and marks a word that is hyphenated at the end of a line with U+FFFE.
  return `${characters.toString('utf16le').replaceAll('\r\n', '\n').replaceAll('\uFFFE', '-').toWellFormed()}\n`;
}

function write(data) {
  return new Promise((resolve, reject) => {
    process.stdout.write(data, error => (error ? reject(error) : resolve()));
  });
}

function fail(code, number) {
  writeSync(2, `${number}\n`);
  process.exit(code);
}
