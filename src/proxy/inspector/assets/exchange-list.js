import {connect, mostExchanges} from './connect.js';
import {createFilters, kindOf, sessionOf} from './filters.js';
import {element} from './text.js';
import {createVirtualList} from './virtual-list.js';

/** The live list of requests. `onSelect` gets the id of the chosen one. */
export function createExchangeList(section, {onSelect}) {
  const box = section.querySelector('.list');
  const empty = section.querySelector('.empty');
  const status = section.querySelector('.shown');
  const connection = document.querySelector('.connection');
  const list = createVirtualList(box, {fill: fillRow, onSelect});
  let all = [];

  const showCounts = () => {
    section.classList.toggle('is-empty', all.length === 0);
    empty.hidden = all.length > 0;
    box.hidden = all.length === 0;
    status.textContent =
      list.length === all.length ? `${all.length} requests` : `${list.length} of ${all.length} requests`;
  };
  const show = () => {
    list.set(all.filter(filters.matcher()));
    showCounts();
  };
  const filters = createFilters(section.querySelector('.controls'), show);

  connect({
    onState(state) {
      connection.textContent = state;
      connection.classList.toggle('is-live', state === 'live');
    },
    onAll(exchanges) {
      all = exchanges;
      filters.count(all, {isAll: true});
      show();
    },
    onMore(newer) {
      all.push(...newer);
      const dropped = all.splice(0, Math.max(0, all.length - mostExchanges));
      filters.count(newer, {dropped});
      const matches = filters.matcher();
      list.append(newer.filter(matches), dropped.filter(matches).length);
      showCounts();
    },
  });
  for (const place of section.querySelectorAll('[data-address]')) place.textContent = location.origin;
  return {list, filters};
}

function fillRow(row, exchange) {
  const {question, method, path, model, error, fault} = exchange;
  const kind = kindOf(exchange);
  const title = element('bdi', 'question', question || `${method} ${path}`);
  const time = new Date(exchange.endedAt);
  const problem = kind === 'error' ? error.code : fault;
  const facts = [problem, sessionOf(exchange), question && (model ?? path)];
  const meta = element('bdi', 'meta', facts.filter(Boolean).join(' · '));
  const clock = element('time', 'clock', time.toLocaleTimeString());
  clock.dateTime = time.toISOString();
  row.append(element('span', `kind ${kind}`, kind), title, meta, clock);
}
