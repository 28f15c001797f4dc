import {createRasterizer} from '../../src/documents/rasterizer.js';
import {formFeedPdf} from '../support/documents/form-feed-pdf.js';
import {popplerTest, rasterize, searchPath} from '../support/documents/poppler.js';

const rasterizer = createRasterizer({path: searchPath});

popplerTest('form feeds in a page’s text do not move text to another page', async t => {
  const lines = ['One', 'aXbXc', 'Three', 'XX', 'Five'];
  const {pages} = await rasterize(rasterizer, formFeedPdf(lines), {keep: {text: true}});
  t.deepEqual(
    pages.map(({text}) => text),
    lines.map(line => `${line.replaceAll('X', '(\f)')}\n`),
  );
});
