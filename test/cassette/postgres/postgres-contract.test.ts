import {openStoreCassette} from '../../../src/cassette/postgres/open-store.js';
import {testCassette} from '../../contract/cassette.js';
import {hasPostgres, postgresTest, useServer} from '../../support/postgres-server.js';

const server = useServer();
let stores = 0;

if (hasPostgres) {
  testCassette('PostgreSQL', async () => {
    const address = `${server().address}?cassette=contract-${stores++}`;
    return {
      open: ({writable = true, ...options} = {}) => openStoreCassette(address, {writable, ...options}),
    };
  });
} else {
  postgresTest('PostgreSQL: the contract of cassettes', t => t.pass());
}
