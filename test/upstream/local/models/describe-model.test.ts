import {resolve} from 'node:path';
import test from 'ava';
import {omitUndefined} from '../../../../src/chat/omit-undefined.js';
import {RetakeError} from '../../../../src/errors.js';
import {describeModel, type ModelChoice} from '../../../../src/upstream/local/models/describe-model.js';
import {
  catalogueNames,
  type ModelDescription,
  modelCatalogue,
} from '../../../../src/upstream/local/models/model-catalogue.js';

const sha256 = 'A'.repeat(64);
const url = 'https://models.example/some/my%20model.gguf?download=1';

test('every model of the catalogue is pinned by digests and found by its name', t => {
  for (const name of catalogueNames) {
    const model: ModelDescription = describeModel({model: name});
    t.is(model.name, name);
    for (const file of [model.weights, ...(model.projector ? [model.projector] : [])]) {
      t.is(file.kind, 'fetched');
      if (file.kind === 'fetched') t.regex(file.sha256, /^[0-9a-f]{64}$/);
    }
  }
});

test('the tuned models can read images, the base model cannot', t => {
  t.false('projector' in modelCatalogue['gemma3-270m']);
  t.true('projector' in modelCatalogue['gemma3-4b']);
  t.true('projector' in modelCatalogue['gemma3-12b']);
});

test('a path means the file there, with its own template', t => {
  t.deepEqual(describeModel({model: './models/mine.gguf'}), {
    name: 'mine.gguf',
    weights: {kind: 'local', path: resolve('models/mine.gguf')},
    reversePrompts: [],
  });
});

test('a configured projector replaces that of any model', t => {
  const {projector} = describeModel({model: 'gemma3-270m', mmproj: '/p.gguf'});
  t.deepEqual(projector, {kind: 'local', path: '/p.gguf'});
});

test('a custom model is downloaded from its URL and checked by its digest', t => {
  const custom = describeModel({
    model: 'custom',
    customModel: {url, sha256, mmprojUrl: url, mmprojSha256: sha256},
  });
  const file = {
    kind: 'fetched',
    fileName: 'my_model.gguf',
    sha256: sha256.toLowerCase(),
    source: {kind: 'url', url},
  } as const;
  t.deepEqual(omitUndefined(custom), {name: 'custom', weights: file, projector: file, reversePrompts: []});
});

test('a custom model that is a copy of a catalogue model gets its template', t => {
  const known = modelCatalogue['gemma3-270m'];
  const custom = describeModel({model: 'custom', customModel: {url, sha256: known.weights.sha256}});
  t.is(custom.chatTemplate, known.chatTemplate);
  t.deepEqual(custom.reversePrompts, known.reversePrompts);
});

const isRefused = test.macro({
  exec(t, choice: ModelChoice, message: RegExp) {
    const error = t.throws(() => describeModel(choice), {instanceOf: RetakeError});
    t.is(error.code, 'invalid_setting');
    t.regex(error.message, message);
  },
  title: (title = '') => `${title} is refused`,
});

test(
  'an unknown name',
  isRefused,
  {model: 'gemma4'},
  /no model `gemma4`: expected gemma3-270m, gemma3-4b, gemma3-12b, custom/,
);
test(
  'a custom model without an address',
  isRefused,
  {model: 'custom'},
  /needs the option `upstream\.modelUrl` and the option `upstream\.modelSha256`/,
);
test(
  'a custom model with an invalid URL',
  isRefused,
  {model: 'custom', customModel: {url: 'file:///x', sha256}},
  /Expected the option `upstream\.modelUrl` .* got `file:\/\/\/x`/,
);
test(
  'a custom model without a digest',
  isRefused,
  {model: 'custom', customModel: {url, sha256: ''}},
  /Expected the option `upstream\.modelSha256` .* got nothing/,
);
test(
  'a custom model with a truncated digest',
  isRefused,
  {model: 'custom', customModel: {url, sha256: 'abc'}},
  /Expected the option `upstream\.modelSha256` .* got `abc`/,
);
test(
  'a custom projector without a digest',
  isRefused,
  {model: 'custom', customModel: {url, sha256, mmprojUrl: url}},
  /Expected the option `upstream\.mmprojSha256` .* got nothing/,
);
