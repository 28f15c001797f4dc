import {printable, printableLine} from '../../src/index.js';

export {printable, printableLine};
