import {join} from 'node:path';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {testCassette} from '../../contract/cassette.js';
import {createMemoryStore, openMemoryCassette} from '../../support/memory-cassette.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

testCassette('a file', async t => {
  const path = join(await temporaryFolder(t), 'test.cassette');
  return {open: ({writable = true, ...options} = {}) => openCassetteFile({path, writable, ...options})};
});

testCassette('memory', async () => {
  const store = createMemoryStore();
  return {
    open: async ({writable = true, ...options} = {}) => openMemoryCassette(store, {writable, ...options}),
  };
});
