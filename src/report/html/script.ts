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
let texts;
let filter = '';
let current = -1;

const visible = () => articles.filter(article => !article.hidden);

const show = () => {
  const wanted = search.value.trim().toLowerCase();
  if (wanted !== '') texts ??= articles.map(article => article.textContent.toLowerCase());
  articles.forEach((article, index) => {
    const isOfVerdict = filter === '' || article.dataset.verdict === filter;
    article.hidden = !isOfVerdict || (wanted !== '' && !texts[index].includes(wanted));
  });
  const count = visible().length;
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
  next.firstElementChild.open = true;
  next.focus({preventScroll: true});
  next.scrollIntoView({block: 'start'});
};

const reset = () => {
  search.value = '';
  search.blur();
  filter = '';
  show();
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
});

search.addEventListener('input', show);
controls.hidden = false;
`;
