import {createHash} from 'node:crypto';
import {PDFArray, PDFDict, PDFDocument, PDFHexString, type PDFObject, PDFRawStream, PDFString} from 'pdf-lib';
import {bytesOf, numberedObjects, rootOf} from './pdf-objects.js';
import {type PdfObject as WritableObject, writePdf} from './write-pdf.js';

const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const documentId = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
/** All permissions: with an empty user password, every viewer opens it. */
const permissions = -4;

/** Encrypts with RC4 of 40 bits, the oldest and simplest method (PDF 1.7, section 7.6, revision 2). */
export async function encryptPdf(
  pdf: Uint8Array,
  {user, owner}: {user: string; owner: string},
): Promise<Uint8Array> {
  const {context} = await PDFDocument.load(pdf, {updateMetadata: false});
  const ownerEntry = rc4(md5(padded(owner)).subarray(0, 5), padded(user));
  const permissionBytes = Buffer.alloc(4);
  permissionBytes.writeInt32LE(permissions);
  const key = md5(padded(user), ownerEntry, permissionBytes, documentId).subarray(0, 5);
  const userEntry = rc4(key, padding);
  const objects = numberedObjects(context).map((object, index) =>
    encryptObject(object, objectKey(key, index + 1)),
  );
  const encryption = `<< /Filter /Standard /V 1 /R 2 /O ${hex(ownerEntry)} /U ${hex(userEntry)} /P ${permissions} >>`;
  return writePdf([...objects, encryption], {
    root: rootOf(context),
    trailer: `/Encrypt ${objects.length + 1} 0 R /ID [${hex(documentId)} ${hex(documentId)}]`,
  });
}

function encryptObject(object: PDFObject, key: Buffer): WritableObject {
  encryptStrings(object, key);
  if (!(object instanceof PDFRawStream)) return bytesOf(object);
  return bytesOf(PDFRawStream.of(object.dict, rc4(key, Buffer.from(object.contents))));
}

function encryptStrings(object: PDFObject, key: Buffer): void {
  const encrypted = (value: PDFObject) =>
    value instanceof PDFString || value instanceof PDFHexString
      ? PDFHexString.of(rc4(key, Buffer.from(value.asBytes())).toString('hex'))
      : undefined;
  if (object instanceof PDFRawStream) encryptStrings(object.dict, key);
  if (object instanceof PDFDict)
    for (const [name, value] of object.entries()) {
      object.set(name, encrypted(value) ?? value);
      encryptStrings(value, key);
    }
  if (object instanceof PDFArray)
    for (const [index, value] of object.asArray().entries()) {
      object.set(index, encrypted(value) ?? value);
      encryptStrings(value, key);
    }
}

function objectKey(key: Buffer, number: number): Buffer {
  const suffix = Buffer.from([number & 0xff, (number >> 8) & 0xff, (number >> 16) & 0xff, 0, 0]);
  return md5(key, suffix).subarray(0, 10);
}

function padded(password: string): Buffer {
  return Buffer.concat([Buffer.from(password, 'latin1'), padding]).subarray(0, 32);
}

function md5(...parts: readonly Uint8Array[]): Buffer {
  return createHash('md5').update(Buffer.concat(parts)).digest();
}

function hex(bytes: Buffer): string {
  return `<${bytes.toString('hex')}>`;
}

/** Node's OpenSSL no longer has RC4. */
function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({length: 256}, (_, index) => index);
  const at = (index: number) => state[index] ?? 0;
  const swap = (a: number, b: number) => {
    const kept = at(a);
    state[a] = at(b);
    state[b] = kept;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 0xff;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return Buffer.from(
    data.map(byte => {
      i = (i + 1) & 0xff;
      j = (j + at(i)) & 0xff;
      swap(i, j);
      return byte ^ at((at(i) + at(j)) & 0xff);
    }),
  );
}
