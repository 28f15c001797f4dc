import {createCheckWire} from '../kit/check-wire.js';
import {fault, invalidValue} from './invalid-value.js';

/** Paths are written `messages.2`. */
export const checkWire = createCheckWire({
  notAnObject: path => fault(path, 'Input should be an object'),
  invalidMember: (error, _object, path) => invalidValue(error, path),
});
