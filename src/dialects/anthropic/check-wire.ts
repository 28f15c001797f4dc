import {createWireChecks} from '../kit/check-wire.js';
import {fault, invalidValue} from './invalid-value.js';

/** A check of one object of the body, in the real API's words. Paths look like `messages.2.content`. */
export const checkWire = createWireChecks({
  notAnObject: path => fault(path, 'Input should be an object'),
  invalidValue: (error, _object, path) => invalidValue(error, path),
});
