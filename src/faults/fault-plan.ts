import type {AskedRequest} from '../chat/request.js';
import {RetakeError} from '../errors.js';
import {type Fault, isLimit} from './fault.js';
import type {FaultRule} from './fault-rule.js';
import {type FaultSource, parseFault, type RequestedFault} from './parse-fault.js';
import {createTimesCounter} from './times-counter.js';

/** What decides about the fault of a request. */
export type FaultSubject = {
  readonly session: string;
  /** The dialect's name. */
  readonly api: string;
  /** The model's name as the client wrote it. */
  readonly model: string;
  readonly request: AskedRequest;
};

/** The faults that were planned for requests. Nothing is left to chance: a rule counts its requests, for each session apart. */
export type FaultPlan = {
  /** The fault of a request by the first rule that matches it and is not used up. It counts as one of the rule's times. */
  next(subject: FaultSubject): Fault | undefined;
  /** Whether a request of this session can get a fault. */
  mayFault(session: string): boolean;
};

/**
 * `apis` are the names of the served APIs.
 * @throws RetakeError with the code of `source`, which names the list of rules, for a fault or an API that does not exist.
 */
export function createFaultPlan(
  rules: readonly FaultRule[],
  {apis, ...source}: FaultSource & {readonly apis: readonly string[]},
): FaultPlan {
  const counter = createTimesCounter();
  const planned = rules.map((rule, index) => {
    const subject = `${source.subject}[${index}]`;
    requireApi(rule.match?.api, apis, {...source, subject: `${subject}.match.api`});
    return plan(rule, {...source, subject: `${subject}.fault`});
  });
  const idOf = (index: number, session: string) => `${index}\n${session}`;
  return {
    next(subject) {
      for (const [index, {fault, times, match}] of planned.entries()) {
        const fits = matches(subject, match) && appliesTo(fault, subject.request);
        if (fits && counter.take(idOf(index, subject.session), times)) return fault;
      }
      return undefined;
    },
    mayFault: session => planned.some(({times}, index) => counter.isOpen(idOf(index, session), times)),
  };
}

/** Whether a request can have such a fault: only answers with text can end early. */
export function appliesTo(fault: Fault, {operation}: AskedRequest): boolean {
  return !isLimit(fault) || operation === 'chat' || operation === 'complete';
}

/** A rule for an API that is not served would never match. */
function requireApi(api: string | undefined, apis: readonly string[], {subject, code}: FaultSource): void {
  if (api === undefined || apis.includes(api)) return;
  throw new RetakeError(
    code,
    `Expected ${subject} to be one of ${apis.join(', ')}, got ${JSON.stringify(api)}`,
  );
}

type PlannedFault = RequestedFault & {readonly match: FaultRule['match']};

function plan({match, fault: text, times: ruleTimes}: FaultRule, source: FaultSource): PlannedFault {
  const {fault, times} = parseFault(text, source);
  return {fault, times: ruleTimes ?? times, match};
}

function matches({api, model, request}: FaultSubject, match: FaultRule['match']): boolean {
  if (match?.api !== undefined && match.api !== api) return false;
  if (match?.model !== undefined && match.model !== model) return false;
  return match?.text === undefined || questionText(request).includes(match.text);
}

/** The text of the last message of the user, or of what is to be continued or embedded. */
function questionText(request: AskedRequest): string {
  switch (request.operation) {
    case 'complete':
      return request.prompts.join('\n');
    case 'embed':
      return request.inputs.map(({content}) => ('tokens' in content ? '' : textOf(content))).join('\n');
    default: {
      const turn = request.turns.findLast(({role}) => role === 'user');
      return textOf(turn?.parts ?? []);
    }
  }
}

function textOf(parts: readonly {readonly type: string; readonly text?: unknown}[]): string {
  return parts.map(({type, text}) => (type === 'text' && typeof text === 'string' ? text : '')).join('');
}
