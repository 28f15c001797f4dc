import {type Static, Type} from '@sinclair/typebox';

/** A rule of the settings: which requests get a fault, and how often. */
export const FaultRule = Type.Object(
  {
    match: Type.Optional(
      Type.Object(
        {
          text: Type.Optional(
            Type.String({minLength: 1, description: 'A text in the last message of the user'}),
          ),
          model: Type.Optional(Type.String({minLength: 1, description: 'The name of the model'})),
          api: Type.Optional(Type.String({minLength: 1, description: 'gemini, openai or anthropic'})),
        },
        {additionalProperties: false, description: 'What a request must have (default: any request)'},
      ),
    ),
    fault: Type.String({minLength: 1, description: 'rate-limit, cut:3 and others: see docs/faults.md'}),
    times: Type.Optional(
      Type.Integer({minimum: 1, description: 'How many requests of a session get it (default: all)'}),
    ),
  },
  {additionalProperties: false},
);
export type FaultRule = Static<typeof FaultRule>;
