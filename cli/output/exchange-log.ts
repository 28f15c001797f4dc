import {shortKey} from '../../src/cassette/key/short-key.js';
import type {Config} from '../../src/config/load-config.js';
import {optionsAsFlags} from '../../src/config/option-flags.js';
import type {Exchange, OnExchange, Outcome} from '../../src/http/exchange.js';
import {isService} from '../../src/http/services.js';
import {type ConsoleLines, paint} from './console-lines.js';
import {jsonLine} from './json-lines.js';
import {printableLine} from './printable.js';

/** Prints one line for each exchange in the configured format; undefined for none. */
export function exchangeLog(
  format: Config['log'],
  lines: Pick<ConsoleLines, 'print'>,
): OnExchange | undefined {
  switch (format) {
    case 'none':
      return undefined;
    case 'json':
      return exchange => {
        const error = describeFailure(exchange);
        lines.print(jsonLine({event: 'request', ...exchange, dialect: dialectOf(exchange), error}));
      };
    case 'text': {
      const described = new WeakMap<Exchange, string>();
      return (exchange, isRepeated = false) => {
        const known = described.get(exchange);
        const line = known ?? describeExchange(exchange);
        if (isRepeated && known === undefined) described.set(exchange, line);
        lines.print(line);
      };
    }
  }
}

/** Requests to retake itself belong to no API. */
function dialectOf({method, path, dialect}: Exchange): string | undefined {
  return isService({address: {path, prefix: undefined}, request: {method}}) ? undefined : dialect;
}

/** Client errors are logged by their code only, because the message may quote the request. */
function describeFailure({status, error}: Exchange): string | undefined {
  return error && (status < 500 ? error.code : `${error.code}: ${optionsAsFlags(error.message)}`);
}

function describeExchange(exchange: Exchange): string {
  const {method, path, status, outcome, cassette, key, duration, fault, warnings} = exchange;
  const failure = describeFailure(exchange);
  const facts = [
    printableLine(`${method} ${path}`),
    paint(status < 400 ? 'dim' : 'red', String(status)),
    outcome && paint(outcomeStyles[outcome], outcome),
    cassette && key && printableLine(`${cassette} ${shortKey(key)}`),
    `${Math.round(duration)} ms`,
    fault === undefined ? failure && printableLine(failure) : printableLine(fault),
    // A hit repeats what the line of its recording said.
    outcome !== 'hit' && warnings.length > 0 && printableLine(`warning: ${warnings.join(' ')}`),
  ];
  return facts.filter(fact => fact).join('  ');
}

const outcomeStyles = {
  hit: 'green',
  recorded: 'yellow',
  live: 'cyan',
  miss: 'red',
  fault: 'magenta',
} as const satisfies Record<Outcome, string>;
