import type {AnsweredBy} from '../../../chat/chunk.js';
import type {JsonObject} from '../../../chat/json.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import type {Connection} from '../wire/connection.js';
import type {UpstreamTimeouts} from '../wire/request.js';

/** The server that is asked, and what is known of it. */
export type Server = {
  readonly connection: Connection;
  readonly description: UpstreamDescription;
  readonly timeouts: UpstreamTimeouts;
  /** Who answers, by what the answer says. */
  answeredBy(answer: JsonObject): AnsweredBy;
};
