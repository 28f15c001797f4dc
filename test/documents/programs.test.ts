import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {createRasterizer} from '../../src/documents/rasterizer.js';
import type {RetakeError} from '../../src/errors.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {countedPdftoppm, fakePdftoppm} from '../support/documents/fake-pdftoppm.js';
import {popplerTest, rasterize} from '../support/documents/poppler.js';
import {eventually} from '../support/eventually.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** Longer than any test. */
const long = 600_000;

const onePage = () => buildPdf({pages: [textPage('One')]});
const twoPages = () => buildPdf({pages: [textPage('One'), textPage('Two')]});

for (const [behaviour, code, says] of [
  ['crashes', 'invalid_request', /^The PDF is damaged: poppler crashed while reading it$/],
  ['one-pixel', 'invalid_request', /^Page 1 of the PDF has a size that cannot be rendered$/],
  ['one-page', 'invalid_request', /^The PDF is damaged: page 2 is announced, but cannot be rendered$/],
  ['endless', 'invalid_request', /^Page 1 of the PDF has a size that cannot be rendered$/],
  ['other', 'internal', /^Expected a PPM image from the rasterizer, but it wrote something else$/],
] as const)
  popplerTest(`a pdftoppm that ${behaviour}: an error, and no process is left`, async t => {
    const {rasterizer, started, running} = await fakePdftoppm(t, behaviour);
    await t.throwsAsync(rasterize(rasterizer, await twoPages(), {keep: {png: true}}), {code, message: says});
    t.is(started().length, 1);
    t.deepEqual(running(), []);
  });

popplerTest('any amount of error output does not block a render', async t => {
  const {rasterizer} = await fakePdftoppm(t, 'complains');
  t.is((await rasterize(rasterizer, await twoPages())).pages.length, 2);
});

popplerTest('a program that does not read a large PDF does not break its pipe', async t => {
  const {rasterizer} = await fakePdftoppm(t, 'one-page');
  const pdf = Buffer.concat([await onePage(), Buffer.alloc(5_000_000, ' ')]);
  t.is((await rasterize(rasterizer, pdf)).pages.length, 1);
});

popplerTest('a program that takes too long is stopped', async t => {
  const {rasterizer, started, running} = await fakePdftoppm(t, 'hangs', {timeout: 3000});
  await t.throwsAsync(rasterize(rasterizer, await onePage()), {
    code: 'invalid_request',
    message: 'The PDF took longer than 3 s to render',
  });
  t.true(started().length <= 1);
  t.deepEqual(running(), []);
});

test('the pdftoppm of xpdf is not accepted', async t => {
  const {rasterizer, started} = await fakePdftoppm(t, 'xpdf');
  t.is(await rasterizer.renderer(), undefined);
  const error = await t.throwsAsync(rasterize(rasterizer, await onePage()), {
    code: 'rasterizer_missing',
    message: /the pdftoppm on PATH is another program, not that of poppler$/,
  });
  t.regex((error as RetakeError).hint ?? '', /apt install poppler-utils/);
  t.is(started().length, 0);
});

test('poppler without pdfinfo is not accepted', async t => {
  const folder = await temporaryFolder(t);
  const says = '#!/bin/sh\necho "pdftoppm version 99.1.0, The Poppler Developers" >&2\n';
  await writeFile(join(folder, 'pdftoppm'), says, {mode: 0o755});
  const rasterizer = createRasterizer({path: folder, use: 'pdftoppm'});
  t.is(await rasterizer.renderer(), 'pdftoppm 99.1.0');
  await t.throwsAsync(rasterize(rasterizer, await onePage()), {
    code: 'rasterizer_missing',
    message: 'A PDF has to be rendered, but pdfinfo cannot be run here',
  });
});

test('poppler that is installed while retake runs is found', async t => {
  const folder = await temporaryFolder(t);
  const rasterizer = createRasterizer({path: folder, use: 'pdftoppm'});
  t.is(await rasterizer.renderer(), undefined);
  const says = '#!/bin/sh\necho "pdftoppm version 99.1.0, The Poppler Developers" >&2\n';
  await writeFile(join(folder, 'pdftoppm'), says, {mode: 0o755});
  t.is(await rasterizer.renderer(), 'pdftoppm 99.1.0');
});

popplerTest('a hundred parallel callers with the same new PDF get one render', async t => {
  const {rasterizer, started} = await countedPdftoppm(t);
  const pdf = await twoPages();
  const renders = await Promise.all(
    Array.from({length: 100}, () => rasterize(rasterizer, Buffer.from(pdf), {keep: {png: true}})),
  );
  t.is(started().length, 1);
  t.is(new Set(renders).size, 1);
});

popplerTest('different options, or more results to keep, start a separate render', async t => {
  const {rasterizer, started} = await countedPdftoppm(t);
  const pdf = await onePage();
  await Promise.all([
    rasterize(rasterizer, pdf),
    rasterize(rasterizer, pdf, {keep: {png: false}}),
    rasterize(rasterizer, pdf, {keep: {png: true}}),
    rasterize(rasterizer, pdf, {pageSize: 448}),
  ]);
  t.is(started().length, 3);
});

popplerTest('a render continues while one caller waits, and stops with the last', async t => {
  const {rasterizer, started, running} = await fakePdftoppm(t, 'hangs', {timeout: long});
  const pdf = await onePage();
  const [first, second] = [new AbortController(), new AbortController()];
  const firstRender = rasterize(rasterizer, pdf, {signal: first.signal});
  const secondRender = rasterize(rasterizer, pdf, {signal: second.signal});
  await eventually('it is being drawn', () => running().length === 1);
  first.abort(new Error('first gone'));
  await t.throwsAsync(firstRender, {message: 'first gone'});
  t.is(running().length, 1);
  second.abort(new Error('second gone'));
  await t.throwsAsync(secondRender, {message: 'second gone'});
  await eventually('the process has ended', () => running().length === 0);
  t.is(started().length, 1);
});

popplerTest('the number of programs is limited; a caller that leaves the queue starts none', async t => {
  const {rasterizer, started, running} = await fakePdftoppm(t, 'hangs', {processes: 2, timeout: long});
  const pdfs = await Promise.all(['1', '2', '3', '4'].map(text => buildPdf({pages: [textPage(text)]})));
  const clients = pdfs.map(pdf => {
    const leave = new AbortController();
    const ended = rasterize(rasterizer, pdf, {signal: leave.signal}).catch((error: Error) => error.message);
    return {leave, ended};
  });
  await eventually('two are being drawn', () => running().length === 2);
  const [first, second, third, fourth] = clients;
  third?.leave.abort(new Error('gone'));
  t.is(await third?.ended, 'gone');
  t.is(started().length, 2);
  first?.leave.abort(new Error('gone'));
  second?.leave.abort(new Error('gone'));
  await eventually('a later one is being drawn', () => started().length === 3 && running().length === 1);
  fourth?.leave.abort(new Error('gone'));
  await Promise.all(clients.map(({ended}) => ended));
  await eventually('all have ended', () => running().length === 0);
  t.is(started().length, 3);
});

popplerTest('if one slice of a document fails, the others are stopped', async t => {
  const {rasterizer, running} = await fakePdftoppm(t, 'second-slice-fails', {processes: 2, timeout: long});
  const pdf = await buildPdf({pages: Array.from({length: 30}, () => ({}))});
  await t.throwsAsync(rasterize(rasterizer, pdf), {
    message: 'Page 16 of the PDF has a size that cannot be rendered',
  });
  await eventually('both have ended', () => running().length === 0);
});
