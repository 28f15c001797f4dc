import {createCassettes} from './cassettes.js';
import {createDetails} from './details.js';
import {createExchangeList} from './exchange-list.js';
import {listenToKeys} from './keys.js';

const views = ['requests', 'cassettes', 'changes'];
const sections = new Map(views.map(view => [view, document.getElementById(view)]));
const help = document.querySelector('dialog.keys');
const paneIn = view => sections.get(view).querySelector('.details');
const requestDetails = createDetails(paneIn('requests'), {back: '#requests'});
const recordingDetails = createDetails(paneIn('cassettes'), {back: '#cassettes'});
const cassettes = createCassettes(sections.get('cassettes').querySelector('.browser'));
const {list, filters} = createExchangeList(sections.get('requests'), {
  onSelect: id => go(`#requests/${id}`),
});
let current = '';

/** Only the first step into the details is one to go back from. */
function go(hash) {
  if (hash.includes('/') && location.hash.includes('/')) {
    history.replaceState(undefined, '', hash);
    show();
  } else location.hash = hash;
}

function show() {
  const [view, ...place] = location.hash.slice(1).split('/');
  const name = views.includes(view) ? view : 'requests';
  const isNew = name !== current;
  current = name;
  document.body.dataset.view = name;
  document.body.classList.toggle('has-details', place.length > 0);
  for (const [other, section] of sections) section.hidden = other !== name;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (name === 'requests') showRequest(place);
  if (name === 'cassettes') void showRecording(place, isNew);
  if (name === 'changes' && isNew) showChanges();
}

function showRequest([id]) {
  list.select(id);
  if (id === undefined) requestDetails.clear();
  else void requestDetails.show(`/_retake/ui/exchanges/${encodeURIComponent(id)}`);
}

async function showRecording(place, isNew) {
  if (place.length === 2) void recordingDetails.show(`/_retake/ui/cassettes/${place.join('/')}`);
  else recordingDetails.clear();
  if (isNew) await cassettes.open();
  cassettes.mark(location.hash);
}

/** The page of the review has a policy and keys of its own. */
function showChanges() {
  const frame = document.createElement('iframe');
  frame.title = 'Changes since the last commit';
  frame.src = '/_retake/ui/changes';
  sections.get('changes').replaceChildren(frame);
}

function move(step) {
  if (current === 'requests') {
    const id = list.neighbour(step);
    if (id !== undefined) go(`#requests/${id}`);
  }
  const hash = current === 'cassettes' ? cassettes.neighbour(step) : undefined;
  if (hash) go(hash);
}

function goToNewest() {
  const id = list.newest();
  list.scrollToTop();
  if (current === 'requests' && id !== undefined) go(`#requests/${id}`);
}

function goBack() {
  if (document.activeElement.matches('input, select')) document.activeElement.blur();
  if (location.hash.includes('/')) location.hash = `#${current}`;
  else filters.reset();
}

listenToKeys({
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  Enter: () => (current === 'cassettes' ? recordingDetails : requestDetails).focus(),
  n: goToNewest,
  Home: goToNewest,
  End: () => move(Infinity),
  r: () => current === 'requests' && requestDetails.record(),
  m: () => (current === 'cassettes' ? recordingDetails : requestDetails).render(),
  '/': () => (current === 'cassettes' ? cassettes.search : filters.search)?.focus(),
  f: () => filters.cycle(),
  v: () => go(`#${views[(views.indexOf(current) + 1) % views.length]}`),
  Escape: goBack,
  '?': () => help.showModal(),
  digit: index => current === 'requests' && filters.choose(index),
});
document.querySelector('button.help').addEventListener('click', () => help.showModal());
window.addEventListener('hashchange', show);
show();
