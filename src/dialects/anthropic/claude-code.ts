import type {LocalEndpoint} from '../dialect.js';
import {jsonAnswer} from '../kit/json-answer.js';
import {localHeaders} from './response-headers.js';

/** `GET /api/hello`: Claude Code asks it before its first request to learn whether the server is there. */
export const hello: LocalEndpoint = {
  kind: 'local',
  isOwn: true,
  method: 'GET',
  answer: () => jsonAnswer({message: 'hello'}, localHeaders),
};

/** `POST /api/event_logging/batch`: telemetry of Claude Code, which is dropped unread. */
export const logEvents: LocalEndpoint = {
  kind: 'local',
  isOwn: true,
  method: 'POST',
  answer: () => jsonAnswer({accepted_count: 0, rejected_count: 0}, localHeaders),
};
