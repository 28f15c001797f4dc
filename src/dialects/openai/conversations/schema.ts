import {Type} from '@sinclair/typebox';
import {AnyObject, neutral} from '../../kit/fields.js';

const closed = {additionalProperties: false};

export const ConversationCreation = Type.Object(
  {items: neutral(Type.Array(AnyObject)), metadata: neutral(AnyObject)},
  closed,
);

export const ConversationUpdate = Type.Object({metadata: AnyObject}, closed);

export const ItemsCreation = Type.Object({items: Type.Array(AnyObject, {minItems: 1})}, closed);

/** The conversation of a response, if it is not written as its id alone. */
export const ConversationReference = Type.Object({id: Type.String({minLength: 1})}, closed);
