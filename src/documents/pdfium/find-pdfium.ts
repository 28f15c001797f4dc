import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';

/** The installed package @embedpdf/pdfium, PDFium compiled to WebAssembly. */
export type InstalledPdfium = {
  readonly version: string;
  /** The paths of its module and of its WebAssembly. */
  readonly module: string;
  readonly wasm: string;
};

/** An optional package: undefined if it is not installed. */
export function findPdfium(): InstalledPdfium | undefined {
  const {resolve} = createRequire(import.meta.url);
  try {
    const module = resolve('@embedpdf/pdfium');
    const wasm = resolve('@embedpdf/pdfium/pdfium.wasm');
    const manifest: unknown = JSON.parse(readFileSync(join(dirname(module), '..', 'package.json'), 'utf8'));
    return {version: versionOf(manifest), module, wasm};
  } catch {
    // Whatever is missing, PDFium cannot be used, and the caller says what to install.
    return undefined;
  }
}

function versionOf(manifest: unknown): string {
  const isObject = typeof manifest === 'object' && manifest !== null;
  return isObject && 'version' in manifest ? String(manifest.version) : 'unknown';
}
