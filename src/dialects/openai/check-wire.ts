import {createWireChecks} from '../kit/check-wire.js';
import {invalidType, invalidValue} from './invalid-value.js';

/** A check of one object of the body, in the real API's words. Paths look like `messages[2].content`. */
export const checkWire = createWireChecks({notAnObject: invalidType, invalidValue});
