import test from 'ava';
import {GenerateContentRequest} from '../../../src/dialects/gemini/generate-content/schema.js';
import {decodeProtoJson} from '../../../src/dialects/gemini/proto-json.js';

/** Milliseconds of processor time, the least of a few tries. */
function timeOf(work: () => void): number {
  return Math.min(
    ...[1, 2, 3, 4].map(() => {
      const begin = process.cpuUsage();
      work();
      return process.cpuUsage(begin).user / 1000;
    }),
  );
}

test('a long conversation is read in a few times what its JSON takes', t => {
  const contents = Array.from({length: 20_000}, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'model',
    parts: [{text: `Message ${index}`}],
  }));
  const text = JSON.stringify({contents});
  const parse = timeOf(() => JSON.parse(text));
  const decode = timeOf(() => decodeProtoJson(GenerateContentRequest, {contents}));
  t.true(decode < 60 * Math.max(parse, 1), `${decode} ms, and ${parse} ms for the JSON`);
});
