// For `node --test --import`: every test file gets a cassette, and clients that are created at import find their addresses.
import {useRetake} from './node-test.js';

// The process that starts the test files gets the same arguments, and has no tests.
if (process.env['NODE_TEST_CONTEXT'] !== undefined) await useRetake();
