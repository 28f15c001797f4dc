import {Type} from '@sinclair/typebox';
import {AnyObject, closed, handled, ignored} from '../../kit/fields.js';

export const BatchCreation = closed({
  requests: handled(Type.Array(AnyObject, {minItems: 1, maxItems: 100_000}), 'neutral'),
  user_profile_id: ignored(Type.String()),
  workspace_id: ignored(Type.String()),
});

export const BatchRequest = closed({
  custom_id: handled(Type.String({pattern: '^[a-zA-Z0-9_-]{1,64}$'}), 'neutral'),
  params: handled(AnyObject, 'neutral'),
});
