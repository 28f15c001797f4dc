import type {Dialect, DialectDefinition, DialectServices} from '../dialect.js';
import {batchEndpoints} from './batches/endpoints.js';
import {hello, logEvents} from './claude-code.js';
import {encodeError} from './encode-error.js';
import {faultError} from './fault-error.js';
import {fileEndpoints} from './files/endpoints.js';
import {createFileStore} from './files/file-store.js';
import {locate} from './locate.js';
import {messageEndpoints} from './messages/endpoints.js';
import {getModel, listModels} from './models/endpoints.js';
import {schemaError} from './schema-error.js';
import {anthropicTraits} from './traits.js';

/** The Anthropic API, as its SDKs speak it. */
export function createAnthropic(services: DialectServices): Dialect {
  const files = createFileStore(services);
  return {
    ...anthropicTraits,
    locate,
    endpoints: {
      ...messageEndpoints(files),
      ...fileEndpoints(files),
      ...batchEndpoints(services),
      listModels: listModels(services),
      getModel: getModel(),
      hello,
      logEvents,
    },
    encodeError,
    schemaError,
    faultError,
  };
}

export const anthropic: DialectDefinition = {...anthropicTraits, create: createAnthropic};
