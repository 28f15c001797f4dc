import {normalizeToolChoice, normalizeTools, normalizeToolTurns} from './normalize-tools.js';
import {omitUndefined} from './omit-undefined.js';
import type {
  ChatRequest,
  CompletionRequest,
  CountTokensRequest,
  EmbedInput,
  EmbedRequest,
  ModelRequest,
  OutputFormat,
  Part,
  Reasoning,
  Sampling,
  Turn,
} from './request.js';
import {normalizeSchema} from './schema.js';

/**
 * Gives equivalent requests of all dialects the same value. Dialects translate field by field; only this file decides which requests
 * are equivalent. docs/matching.md lists the rules.
 */
export function normalizeRequest(request: ModelRequest): ModelRequest {
  switch (request.operation) {
    case 'chat':
      return normalizeChat(request);
    case 'complete':
      return normalizeCompletion(request);
    case 'embed':
      return normalizeEmbed(request);
    case 'count-tokens':
      return normalizeCount(request);
  }
}

function normalizeChat(request: ChatRequest): ChatRequest {
  const {unkeyed: _unkeyed, ...keyed} = request;
  const {turns, tools, toolChoice, sampling, output, candidates, reasoning, serverTools, extras, ...rest} =
    keyed;
  return {
    ...rest,
    turns: normalizeTurns(turns),
    ...ifAny('tools', tools && normalizeTools(tools)),
    ...ifAny('toolChoice', normalizeToolChoice(toolChoice)),
    ...ifAny('sampling', sampling && normalizeSampling(sampling)),
    ...(output && {output: normalizeOutput(output)}),
    ...(candidates !== undefined && candidates !== 1 && {candidates}),
    ...ifAny('reasoning', reasoning && normalizeReasoning(reasoning)),
    ...ifAny('serverTools', serverTools),
    ...ifAny('extras', extras),
  };
}

function normalizeCompletion({sampling, candidates, extras, ...rest}: CompletionRequest): CompletionRequest {
  return {
    ...rest,
    ...ifAny('sampling', sampling && normalizeSampling(sampling)),
    ...(candidates !== undefined && candidates !== 1 && {candidates}),
    ...ifAny('extras', extras),
  };
}

function normalizeEmbed({inputs, extras, ...rest}: EmbedRequest): EmbedRequest {
  return {...rest, inputs: inputs.map(normalizeInput), ...ifAny('extras', extras)};
}

/** An empty title or task equals an absent one. */
function normalizeInput({task, title, ...rest}: EmbedInput): EmbedInput {
  return omitUndefined({...rest, task: task || undefined, title: title || undefined});
}

function normalizeCount(request: CountTokensRequest): CountTokensRequest {
  const {turns, tools, toolChoice, output, extras, ...rest} = request;
  return {
    ...rest,
    turns: normalizeTurns(turns),
    ...ifAny('tools', tools && normalizeTools(tools)),
    ...ifAny('toolChoice', normalizeToolChoice(toolChoice)),
    ...(output && {output: normalizeOutput(output)}),
    ...ifAny('extras', extras),
  };
}

function normalizeTurns(turns: readonly Turn[]): readonly Turn[] {
  return normalizeToolTurns(turns.filter(turn => !isSilent(turn)));
}

/** Empty system and assistant turns have no effect; an empty user turn counts. */
function isSilent({role, parts}: Turn): boolean {
  return (role === 'system' || role === 'assistant') && parts.every(isEmptyText);
}

function isEmptyText(part: Part): boolean {
  return part.type === 'text' && part.text === '';
}
function normalizeSampling(sampling: Sampling): Sampling {
  const {temperature, topP, presencePenalty, frequencyPenalty, stop, logitBias, ...rest} = sampling;
  return {
    ...rest,
    ...(temperature !== undefined && {temperature: roundToFloat32(temperature)}),
    ...(topP !== undefined && {topP: roundToFloat32(topP)}),
    // A penalty of 0 is none.
    ...(presencePenalty && {presencePenalty: roundToFloat32(presencePenalty)}),
    ...(frequencyPenalty && {frequencyPenalty: roundToFloat32(frequencyPenalty)}),
    ...(stop !== undefined && stop.length > 0 && {stop: [...new Set(stop)].sort()}),
    ...ifAny('logitBias', logitBias && mapValues(logitBias, roundToFloat32)),
  };
}

/**
 * The shortest decimal that is the same float32: samplers compute in float32, and SDKs write 0.7 as 0.7 or as 0.699999988079071.
 */
export function roundToFloat32(value: number): number {
  const float32 = Math.fround(value);
  if (!Number.isFinite(float32)) return value;
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(float32.toPrecision(digits));
    if (Math.fround(short) === float32) return short === 0 ? 0 : short;
  }
  return float32;
}

function normalizeOutput(output: OutputFormat): OutputFormat {
  if (output.type === 'json') return output;
  const schema = normalizeSchema(output.schema);
  if (output.type === 'enum') return {...output, schema};
  const {name: _name, strict: _strict, ...rest} = output;
  return {...rest, schema};
}

function normalizeReasoning({includeThoughts, ...rest}: Reasoning): Reasoning {
  return {...rest, ...(includeThoughts && {includeThoughts})};
}

/** The member, unless it is absent or an empty object. */
function ifAny<Name extends string, Value extends object>(
  name: Name,
  value: Value | undefined,
): {[name in Name]?: Value} {
  const member: {[name in Name]?: Value} = {};
  if (value !== undefined && Object.keys(value).length > 0) member[name] = value;
  return member;
}

function mapValues(
  values: Readonly<Record<string, number>>,
  map: (value: number) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
