import {Type} from '@sinclair/typebox';
import {given} from '../places.js';

/** Where retake listens, and what it accepts. */
export const serverSettings = {
  host: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'Address to listen on; 0.0.0.0 for every interface',
    ...given({placeholder: 'address'}),
  }),
  port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8090,
    description: 'Port to listen on; 0 for a free one',
  }),
  allowedHosts: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Host names to accept besides loopback ones; * for any',
    ...given({placeholder: 'names'}),
  }),
  corsOrigins: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Origins of web pages that may read responses',
    ...given({placeholder: 'origins'}),
  }),
  bodyLimit: Type.Integer({
    minimum: 1,
    default: 50 * 1024 * 1024,
    description: 'Maximum size of a request body in bytes',
    ...given({placeholder: 'bytes'}),
  }),
  requestTimeout: Type.Integer({
    minimum: 1,
    default: 60_000,
    description: 'Timeout in milliseconds for receiving a request',
    ...given({placeholder: 'ms'}),
  }),
};
