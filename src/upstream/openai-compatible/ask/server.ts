import type {AnsweredBy} from '../../../chat/chunk.js';
import type {JsonObject} from '../../../chat/json.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import type {Connection} from '../wire/connection.js';
import type {UpstreamTimeouts} from '../wire/request.js';
import type {Adaptations} from './adaptations.js';

/** The upstream server with its connection and description. */
export type Server = {
  readonly connection: Connection;
  readonly description: UpstreamDescription;
  readonly timeouts: UpstreamTimeouts;
  readonly adaptations: Adaptations;
  /** The model that an answer names. */
  answeredBy(answer: JsonObject): AnsweredBy;
};
