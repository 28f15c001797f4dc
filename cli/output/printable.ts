import {printable, printableLine} from '../../src/report/printable.js';

export {printable, printableLine};
