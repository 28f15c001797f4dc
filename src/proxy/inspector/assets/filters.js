import {element, printable} from './text.js';

export const kinds = ['hit', 'recorded', 'live', 'miss', 'fault', 'error', 'other'];

/** What a request is filtered by: its outcome, or `error` for one that failed and was no miss. */
export function kindOf({outcome, error}) {
  if (outcome === 'miss' || outcome === 'fault') return outcome;
  return error ? 'error' : (outcome ?? 'other');
}

/** The name of its test, or else of its session. */
export function sessionOf({sessionName, session}) {
  return sessionName ?? session;
}

/** More names than a choice is good for. */
const mostOptions = 1000;

/** The controls above the list of requests. `onChange` is called when others are to be shown. */
export function createFilters(controls, onChange) {
  const buttons = controls.querySelector('.filters');
  const search = controls.querySelector('input');
  const choices = [
    {select: controls.querySelector('.by-session'), all: 'all tests', nameOf: sessionOf},
    {select: controls.querySelector('.by-cassette'), all: 'all cassettes', nameOf: ({cassette}) => cassette},
  ].map(choice => ({...choice, names: new Set()}));
  const counts = new Map(kinds.map(kind => [kind, 0]));
  let kind = '';

  const showButton = (name, index) => {
    const button = element('button', `filter ${name}`);
    button.type = 'button';
    button.dataset.kind = name;
    button.append(element('kbd', '', index + 1), name, ' ', element('b', '', 0));
    buttons.append(button);
    return button;
  };
  const shown = new Map(kinds.map((name, index) => [name, showButton(name, index)]));

  const showCounts = () => {
    for (const [name, button] of shown) {
      const count = counts.get(name);
      button.hidden = count === 0 && kind !== name;
      button.querySelector('b').textContent = count;
      button.setAttribute('aria-pressed', String(kind === name));
    }
    for (const {select} of choices) select.hidden = select.options.length < 3 && select.value === '';
  };

  const clearNames = ({select, all, names}) => {
    const {value} = select;
    names.clear();
    select.replaceChildren(new Option(all, ''));
    if (value !== '') addName({select, names}, value);
    select.value = value;
  };
  const addName = ({select, names}, name) => {
    if (name === undefined || names.has(name) || names.size >= mostOptions) return;
    names.add(name);
    select.append(new Option(printable(name), name));
  };

  const choose = name => {
    kind = kind === name ? '' : name;
    showCounts();
    onChange();
  };
  buttons.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (button) choose(button.dataset.kind);
  });
  for (const {select} of choices) select.addEventListener('change', onChange);
  search.addEventListener('input', onChange);

  return {
    search,
    /** Counts requests, and offers the names in them. */
    count(exchanges, {isAll = false, dropped = []} = {}) {
      if (isAll) {
        for (const name of kinds) counts.set(name, 0);
        choices.forEach(clearNames);
      }
      for (const exchange of exchanges) {
        counts.set(kindOf(exchange), counts.get(kindOf(exchange)) + 1);
        for (const choice of choices) addName(choice, choice.nameOf(exchange));
      }
      for (const exchange of dropped) counts.set(kindOf(exchange), counts.get(kindOf(exchange)) - 1);
      showCounts();
    },
    /** Whether a request is one of those to be shown. */
    matcher() {
      const text = search.value.trim().toLowerCase();
      const chosen = choices.filter(({select}) => select.value !== '');
      return exchange =>
        (kind === '' || kindOf(exchange) === kind) &&
        chosen.every(({select, nameOf}) => nameOf(exchange) === select.value) &&
        (text === '' || textOf(exchange).includes(text));
    },
    choose(index) {
      const name = kinds[index];
      if (name && !shown.get(name).hidden) choose(name);
    },
    cycle() {
      const names = [...shown].filter(([, button]) => !button.hidden).map(([name]) => name);
      const next = names[names.indexOf(kind) + 1];
      choose(next ?? kind);
    },
    /** Shows everything again. */
    reset() {
      kind = '';
      search.value = '';
      for (const {select} of choices) select.value = '';
      showCounts();
      onChange();
    },
  };
}

const texts = new WeakMap();

function textOf(exchange) {
  let text = texts.get(exchange);
  if (text === undefined) {
    const {question, path, model, key, cassette} = exchange;
    text = [question, path, model, key, cassette, sessionOf(exchange), exchange.error?.code]
      .join('\n')
      .toLowerCase();
    texts.set(exchange, text);
  }
  return text;
}
