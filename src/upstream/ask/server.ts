import type {AnsweredBy} from '../../chat/chunk.js';
import type {JsonObject} from '../../chat/json.js';
import type {Connection} from '../http/connection.js';
import type {UpstreamTimeouts} from '../http/exchange.js';
import type {UpstreamDescription} from '../http/upstream-description.js';

/** The server that is asked, and what is known of it. */
export type Server = {
  readonly connection: Connection;
  readonly description: UpstreamDescription;
  readonly timeouts: UpstreamTimeouts;
  /** Who answers, by what the answer says. */
  answeredBy(answer: JsonObject): AnsweredBy;
};
