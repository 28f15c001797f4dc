import {attribute, type Content, html, type Markup} from '../../report/html/markup.js';
import type {ExchangeSummary} from '../control/schemas.js';

/** What a list is filtered by: the outcome, or `error` for a request that failed and was no miss. */
export function kindOf({outcome, error}: Pick<ExchangeSummary, 'outcome' | 'error'>): string {
  if (outcome === 'miss' || outcome === 'fault') return outcome;
  return error ? 'error' : (outcome ?? 'other');
}

/** The head of an exchange: its outcome, its question, and what is known of it. */
export function showFacts(summary: ExchangeSummary): Markup {
  const kind = kindOf(summary);
  const {question, method, path, endedAt, session, sessionName, tokens, firstEvent, duration} = summary;
  const facts: readonly (readonly [string, Content])[] = [
    ['request', `${method} ${path}`],
    ['status', summary.status],
    ['model', summary.model],
    [sessionName === undefined ? 'session' : 'test', sessionName ?? session],
    ['cassette', summary.cassette],
    ['key', summary.key?.replace(/^\d+:/, '').slice(0, 12)],
    ['tokens', tokens && `${tokens.input} in, ${tokens.output} out`],
    ['first event', firstEvent === undefined ? undefined : milliseconds(firstEvent)],
    ['duration', milliseconds(duration)],
    ['ended', html`<time datetime="${new Date(endedAt).toISOString()}">${describeTime(endedAt)}</time>`],
    ['fault', summary.fault],
  ];
  const shown = facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`);
  const title = question === undefined || question === '' ? `${method} ${path}` : question;
  return html`<h2 class="title" data-id="${attribute(summary.id)}"><span class="kind ${attribute(kind)}">${kind}</span> <bdi>${title}</bdi></h2>
<dl class="facts">${shown}</dl>
${showProblem(summary)}${summary.warnings.map(warning => html`<p class="note"><bdi>${warning}</bdi></p>`)}`;
}

function showProblem({error, outcome}: ExchangeSummary): Markup | undefined {
  if (!error || outcome === 'miss') return undefined;
  return html`<p class="problem"><code>${error.code}</code> <bdi>${error.message}</bdi></p>`;
}

export function describeTime(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

function milliseconds(duration: number): string {
  if (duration < 0.05) return '< 0.1 ms';
  return duration < 10 ? `${duration.toFixed(1)} ms` : `${Math.round(duration)} ms`;
}
