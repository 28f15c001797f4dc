import {type Static, Type} from '@sinclair/typebox';
import {AnyObject, ignored, neutral, oneOf, refused} from '../../kit/fields.js';

const closed = {additionalProperties: false};

/** Tools that the provider runs, or that only its own models know how to use. */
export const serverTools = [
  'apply_patch',
  'code_interpreter',
  'computer',
  'computer_use',
  'computer_use_preview',
  'file_search',
  'image_generation',
  'local_shell',
  'mcp',
  'programmatic_tool_calling',
  'shell',
  'tool_search',
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
] as const;

export const ToolType = Type.Object({type: oneOf('function', 'custom', 'namespace', ...serverTools)});

const toolName = Type.String({minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$'});

const toolMembers = {
  name: toolName,
  description: neutral(Type.String()),
  async: refused(false),
  defer_loading: refused(false),
  allowed_callers: refused(['direct']),
};

export const FunctionTool = Type.Object(
  {
    type: Type.Literal('function'),
    parameters: neutral(AnyObject),
    strict: ignored(Type.Boolean()),
    output_schema: ignored(AnyObject),
    ...toolMembers,
  },
  closed,
);

/** A tool that takes text instead of JSON. */
export const CustomTool = Type.Object(
  {type: Type.Literal('custom'), format: neutral(AnyObject), ...toolMembers},
  closed,
);

export const CustomFormatType = Type.Object({type: oneOf('text', 'grammar')});

export const TextFormat = Type.Object({type: Type.Literal('text')}, closed);

export const GrammarFormat = Type.Object(
  {
    type: Type.Literal('grammar'),
    syntax: oneOf('lark', 'regex'),
    definition: Type.String({minLength: 1}),
  },
  closed,
);

/** Tools that belong together. */
export const NamespaceTool = Type.Object(
  {
    type: Type.Literal('namespace'),
    name: Type.String({minLength: 1, pattern: '^[a-zA-Z0-9_-]+$'}),
    description: neutral(Type.String()),
    tools: Type.Array(AnyObject, {minItems: 1}),
  },
  closed,
);

/** The type of tool in a namespace. */
export const MemberType = Type.Object({type: oneOf('function', 'custom')});

export const ToolChoiceType = Type.Object({
  type: oneOf('function', 'allowed_tools', 'custom', ...serverTools),
});

export const NamedTool = Type.Object(
  {
    type: oneOf('function', 'custom'),
    name: Type.String({minLength: 1}),
    namespace: neutral(Type.String({minLength: 1})),
  },
  closed,
);

export type NamedTool = Static<typeof NamedTool>;

export const AllowedTools = Type.Object(
  {
    type: Type.Literal('allowed_tools'),
    mode: oneOf('auto', 'required'),
    tools: Type.Array(AnyObject, {minItems: 1}),
  },
  closed,
);
