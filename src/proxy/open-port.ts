import {RetakeError} from '../errors.js';

/** @throws RetakeError `port_in_use`, `invalid_setting` */
export async function openPort(listen: () => Promise<string>, port: number): Promise<string> {
  try {
    return await listen();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    if (cause.code === 'EADDRINUSE') {
      throw new RetakeError('port_in_use', `Port ${port} is in use by another program`, {
        hint: 'Stop it, or choose another port with the option `port`.',
        cause,
      });
    }
    throw new RetakeError('invalid_setting', `The address cannot be listened on: ${cause.message}`, {cause});
  }
}
