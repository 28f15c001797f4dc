import {fetchText} from './text.js';

/** The choice of a cassette, the search, and the recordings that it finds. */
export function createCassettes(browser) {
  let asked = 0;
  let timer = 0;
  const name = () => browser.querySelector('select').value;
  const rows = () => browser.querySelector('.rows');

  const find = async (after, keep) => {
    const mine = ++asked;
    const query = new URLSearchParams({search: browser.querySelector('input').value});
    for (const place of after) query.append('after', place);
    const html = await fetchText(`/_retake/ui/cassettes/${encodeURIComponent(name())}?${query}`).catch(
      describe,
    );
    if (mine !== asked) return;
    if (keep) rows().querySelector('.more')?.remove();
    else rows().replaceChildren();
    rows().insertAdjacentHTML('beforeend', html);
  };

  browser.addEventListener('input', event => {
    clearTimeout(timer);
    timer = setTimeout(() => find([], false), event.target.matches('input') ? 150 : 0);
  });
  browser.addEventListener('click', event => {
    const more = event.target.closest('.more');
    if (more) void find([more.dataset.name, more.dataset.key], true);
  });

  return {
    /** Gets the names and the recordings anew, for both may have changed, and keeps the choice. */
    async open() {
      const [chosen, search] = [
        browser.querySelector('select')?.value,
        browser.querySelector('input')?.value,
      ];
      browser.innerHTML = await fetchText('/_retake/ui/cassettes').catch(describe);
      if (!browser.querySelector('select')) return;
      const isThere = [...browser.querySelector('select').options].some(({value}) => value === chosen);
      if (isThere) browser.querySelector('select').value = chosen;
      browser.querySelector('input').value = search ?? '';
      await find([], false);
    },
    /** Marks the recording that is shown. */
    mark(hash) {
      for (const row of browser.querySelectorAll('.row')) {
        if (row.getAttribute('href') === hash) row.setAttribute('aria-current', 'true');
        else row.removeAttribute('aria-current');
      }
    },
    get search() {
      return browser.querySelector('input');
    },
    neighbour(step) {
      const all = [...browser.querySelectorAll('.row')];
      const at = all.findIndex(row => row.hasAttribute('aria-current'));
      return all[at === -1 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]?.getAttribute('href');
    },
  };
}

function describe(error) {
  const problem = document.createElement('p');
  problem.className = 'problem';
  problem.textContent = error.message;
  return problem.outerHTML;
}
