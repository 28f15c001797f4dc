import {createHash} from 'node:crypto';

/** How the calls of a tool are written: a tool of a namespace has two names on the wire, and one for the model. */
export type CallForm = {
  readonly type: 'function_call' | 'custom_tool_call';
  readonly name: string;
  readonly namespace?: string | undefined;
};

/** The forms of calls by the name that the model knows. A tool without an entry is a function of that name. */
export type CallForms = ReadonlyMap<string, CallForm>;

/** The longest name of a function that OpenAI's API takes. */
const maxLength = 64;

/** The name under which the model sees a tool: with its namespace in front, as other APIs have no namespaces. */
export function nameForModel({name, namespace}: Pick<CallForm, 'name' | 'namespace'>): string {
  if (namespace === undefined) return name;
  const joined = `${namespace}${namespace.endsWith('__') ? '' : '__'}${name}`;
  if (joined.length <= maxLength) return joined;
  const digest = createHash('sha256').update(joined).digest('hex').slice(0, 8);
  return `${joined.slice(0, maxLength - digest.length - 1)}_${digest}`;
}
