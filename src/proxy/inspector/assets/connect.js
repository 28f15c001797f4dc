const address = '/_retake/v1/exchanges';
const pageSize = 1000;
/** As many as the server remembers. */
export const mostExchanges = 10_000;

/**
 * Gets the last exchanges, and follows those that come. After an interruption it starts anew, for retake may have been started again.
 * `onAll` gets all of them, oldest first; `onMore` gets newer ones, at most once for each frame.
 */
export function connect({onAll, onMore, onState}) {
  let early;
  let waiting = [];
  let frame = 0;
  let start = 0;

  const load = async () => {
    const mine = ++start;
    early = [];
    const pages = [];
    let before = '';
    while (pages.length * pageSize < mostExchanges) {
      const page = await getPage(before);
      if (mine !== start) return;
      pages.unshift(page.exchanges.reverse());
      if (pages.length === 1) onAll([...page.exchanges]);
      if (page.next === null) break;
      before = page.next;
    }
    const known = pages.flat();
    const last = Number(known.at(-1)?.id ?? 0);
    const missed = early.filter(({id}) => Number(id) > last);
    early = undefined;
    onAll([...known, ...missed]);
    onState('live');
  };

  const flush = () => {
    frame = 0;
    const newer = waiting;
    waiting = [];
    onMore(newer);
  };

  const reopen = source => {
    source.close();
    onState('not connected');
    setTimeout(open, 3000);
  };

  const open = () => {
    const source = new EventSource(address);
    source.addEventListener('open', () => {
      waiting = [];
      load().catch(() => reopen(source));
    });
    source.addEventListener('exchange', ({data}) => {
      const exchange = JSON.parse(data);
      if (early) return void early.push(exchange);
      waiting.push(exchange);
      // A hidden page draws no frames.
      if (document.hidden && waiting.length > 500) flush();
      else if (frame === 0) frame = requestAnimationFrame(flush);
    });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) reopen(source);
      else onState('not connected');
    });
  };
  open();
}

async function getPage(before) {
  const query = before === '' ? '' : `&before=${before}`;
  const response = await fetch(`${address}?limit=${pageSize}${query}`);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}
