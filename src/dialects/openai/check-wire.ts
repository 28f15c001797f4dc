import {createCheckWire} from '../kit/check-wire.js';
import {invalidType, invalidValue} from './invalid-value.js';

/** Paths are written `messages[2]`. */
export const checkWire = createCheckWire({notAnObject: invalidType, invalidMember: invalidValue});
