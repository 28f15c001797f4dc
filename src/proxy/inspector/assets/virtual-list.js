/** Rows above and below the visible ones, so that scrolling shows no gap. */
const margin = 12;

/**
 * A list box whose visible rows alone are in the document. All rows have the same height. Items come oldest first, and are shown newest
 * first.
 */
export function createVirtualList(box, {fill, onSelect}) {
  const spacer = document.createElement('div');
  spacer.className = 'spacer';
  spacer.setAttribute('role', 'presentation');
  box.append(spacer);
  const rows = new Map();
  let items = [];
  let selected;
  let frame = 0;
  let rowHeight = 0;

  const itemAt = position => items[items.length - 1 - position];
  const positionOf = id => {
    const index = items.findIndex(item => item.id === id);
    return index === -1 ? -1 : items.length - 1 - index;
  };

  const draw = () => {
    frame = 0;
    rowHeight = measure(box);
    spacer.style.setProperty('height', `${items.length * rowHeight}px`);
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - margin);
    const end = Math.min(items.length, Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + margin);
    const wanted = new Set();
    for (let position = first; position < end; position++) {
      const item = itemAt(position);
      wanted.add(item.id);
      const row = rowOf(item);
      row.style.setProperty('transform', `translateY(${position * rowHeight}px)`);
      row.setAttribute('aria-posinset', String(position + 1));
      row.setAttribute('aria-setsize', String(items.length));
      row.setAttribute('aria-selected', String(item.id === selected));
    }
    for (const [id, {row}] of rows) {
      if (wanted.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    if (wanted.has(selected)) box.setAttribute('aria-activedescendant', `row-${selected}`);
    else box.removeAttribute('aria-activedescendant');
  };

  /** After a restart of the server, another item can have the same id. */
  const rowOf = item => {
    const known = rows.get(item.id);
    if (known?.item === item) return known.row;
    known?.row.remove();
    const row = document.createElement('div');
    row.id = `row-${item.id}`;
    row.className = 'row';
    row.dataset.id = item.id;
    row.setAttribute('role', 'option');
    fill(row, item);
    spacer.append(row);
    rows.set(item.id, {row, item});
    return row;
  };

  const redraw = () => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };

  const reveal = position => {
    const top = position * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = top + rowHeight - box.clientHeight;
  };

  box.addEventListener('scroll', redraw, {passive: true});
  new ResizeObserver(redraw).observe(box);
  box.addEventListener('click', event => {
    const row = event.target.closest('.row');
    if (row) onSelect(row.dataset.id);
  });

  return {
    /** Shows other items. */
    set(shown) {
      items = shown;
      redraw();
    },
    /** Adds newer items. Somebody who has scrolled goes on seeing the same rows. */
    append(newer, dropped = 0) {
      items.push(...newer);
      items.splice(0, dropped);
      if (box.scrollTop > 0) {
        spacer.style.setProperty('height', `${items.length * rowHeight}px`);
        box.scrollTop += newer.length * rowHeight;
      }
      redraw();
    },
    select(id) {
      selected = id;
      const position = positionOf(id);
      if (position !== -1) reveal(position);
      redraw();
    },
    /** The id of the item that is a number of steps from the selected one. */
    neighbour(step) {
      if (items.length === 0) return undefined;
      const position = positionOf(selected);
      const next = position === -1 ? 0 : Math.min(Math.max(position + step, 0), items.length - 1);
      return itemAt(next).id;
    },
    newest: () => items.at(-1)?.id,
    scrollToTop() {
      box.scrollTop = 0;
    },
    get length() {
      return items.length;
    },
  };
}

function measure(box) {
  const height = Number.parseFloat(getComputedStyle(box).getPropertyValue('--row'));
  return height * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}
