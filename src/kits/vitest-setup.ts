// For `setupFiles` of Vitest: every test file gets a cassette, and clients that are created at import find their addresses.
import {useRetake} from './vitest.js';

await useRetake();
