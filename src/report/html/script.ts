/** The script of the page. One listener handles all events, so that thousands of changes cost nothing. */
export const script = `'use strict';
const main = document.querySelector('main');
const controls = document.querySelector('.controls');
const search = controls.querySelector('input');
const status = controls.querySelector('.shown');
const help = document.querySelector('dialog');
const none = document.querySelector('.none');
const articles = [...document.querySelectorAll('article')];
const sections = [...document.querySelectorAll('section')];
const filters = [...controls.querySelectorAll('[data-filter]')];
const groups = [...document.querySelectorAll('details.group')];
const hideSeen = controls.querySelector('.unseen');
const seenName = 'retake-seen';
const seenLimit = 20000;
let texts;
let filter = '';
let hidesSeen = false;
let current = -1;

// The marks of all reports, oldest first. A browser may refuse storage: then marks last as long as the page.
const readSeen = () => {
  try {
    const stored = JSON.parse(localStorage.getItem(seenName) ?? '[]');
    return new Set(Array.isArray(stored) ? stored.filter(mark => typeof mark === 'string') : []);
  } catch {
    return new Set();
  }
};
let seen = readSeen();
const isSeen = article => seen.has(article.dataset.content);

const markSeen = (article, value) => {
  // Another open report may have marked others meanwhile.
  seen = new Set([...readSeen(), ...seen]);
  seen.delete(article.dataset.content);
  if (value) seen.add(article.dataset.content);
  try {
    localStorage.setItem(seenName, JSON.stringify([...seen].slice(-seenLimit)));
  } catch {
    // They last as long as the page.
  }
  showSeen();
  article.firstElementChild.open = !value;
};

const showSeen = () => {
  for (const article of articles) {
    article.classList.toggle('is-seen', isSeen(article));
    article.querySelector('.seen').setAttribute('aria-pressed', String(isSeen(article)));
  }
  hideSeen.querySelector('b').textContent = articles.filter(isSeen).length;
};

const visible = () => articles.filter(article => !article.hidden);

const show = () => {
  const wanted = search.value.trim().toLowerCase();
  if (wanted !== '') texts ??= articles.map(article => article.textContent.toLowerCase());
  articles.forEach((article, index) => {
    const isOfVerdict = filter === '' || article.dataset.verdict === filter;
    article.hidden = !isOfVerdict || (hidesSeen && isSeen(article)) || (wanted !== '' && !texts[index].includes(wanted));
  });
  const count = visible().length;
  const isFiltered = filter !== '' || wanted !== '';
  for (const group of groups) {
    group.hidden = !group.querySelector('article:not([hidden])');
    if (isFiltered) group.open = true;
  }
  hideSeen.setAttribute('aria-pressed', String(hidesSeen));
  for (const section of sections) section.hidden = count < articles.length && !section.querySelector('article:not([hidden])');
  for (const button of filters) button.setAttribute('aria-pressed', String(button.dataset.filter === filter));
  none.hidden = count > 0 || articles.length === 0;
  status.textContent = count === articles.length ? '' : count + ' of ' + articles.length;
};

const choose = verdict => {
  filter = filter === verdict ? '' : verdict;
  show();
};

const go = step => {
  const shown = visible();
  if (shown.length === 0) return;
  const at = shown.indexOf(articles[current]);
  const next = shown[at === -1 ? (step > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + step, 0), shown.length - 1)];
  current = articles.indexOf(next);
  const group = next.closest('details.group');
  if (group) group.open = true;
  next.firstElementChild.open = true;
  next.focus({preventScroll: true});
  next.scrollIntoView({block: 'start'});
};

const reset = () => {
  search.value = '';
  search.blur();
  filter = '';
  hidesSeen = false;
  show();
};

const renderAnswers = (article, value) => {
  for (const button of article.querySelectorAll('.render')) {
    button.setAttribute('aria-pressed', String(value));
    button.closest('.answer').classList.toggle('is-rendered', value);
  }
};

const cycle = () => {
  const index = filters.findIndex(button => button.dataset.filter === filter);
  filter = filters[index + 1]?.dataset.filter ?? '';
  show();
};

const keys = {
  j: () => go(1),
  ArrowRight: () => go(1),
  k: () => go(-1),
  ArrowLeft: () => go(-1),
  o: () => {
    const details = articles[current]?.firstElementChild;
    if (details) details.open = !details.open;
  },
  s: () => {
    const article = articles[current];
    if (!article) return go(1);
    markSeen(article, !isSeen(article));
    if (isSeen(article)) go(1);
    if (hidesSeen) show();
  },
  m: () => {
    const article = articles[current];
    if (article) renderAnswers(article, !article.querySelector('.is-rendered'));
  },
  f: cycle,
  '/': () => search.focus(),
  '?': () => help.showModal(),
  Escape: reset,
};

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target === search && event.key !== 'Escape') {
    if (event.key === 'Enter') go(1);
    return;
  }
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : /^[1-9]$/.test(event.key) && (() => filters[event.key - 1]?.click());
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button?.dataset.filter) choose(button.dataset.filter);
  if (button?.classList.contains('help')) help.showModal();
  const article = event.target.closest('article');
  if (article) current = articles.indexOf(article);
  if (button?.classList.contains('seen')) {
    // The button is in the line that folds the change.
    event.preventDefault();
    markSeen(article, !isSeen(article));
    if (hidesSeen) show();
  }
  if (button?.classList.contains('render')) renderAnswers(article, button.getAttribute('aria-pressed') === 'false');
  if (button?.classList.contains('unseen')) {
    hidesSeen = !hidesSeen;
    show();
  }
});

search.addEventListener('input', show);
controls.hidden = false;
for (const button of document.querySelectorAll('button[hidden]')) button.hidden = false;
showSeen();
for (const article of articles) if (isSeen(article)) article.firstElementChild.open = false;
`;
