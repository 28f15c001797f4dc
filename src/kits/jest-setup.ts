// For `setupFilesAfterEnv` of Jest: every test file gets a cassette, and clients that are created at import find their addresses.
import {useRetake} from './jest.js';

useRetake();
