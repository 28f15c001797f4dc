import {showIgnoreRules} from './ignore-dialog.js';
import {element, fetchText} from './text.js';

/** The pane that shows one request or recording. Its content is made by the server, which escapes everything in it. */
export function createDetails(pane, {back}) {
  let shown = '';

  const fill = html => {
    pane.innerHTML = html;
    const link = element('a', 'back', '← Back');
    link.href = back;
    pane.prepend(link);
    for (const button of pane.querySelectorAll('button.render')) button.hidden = false;
    for (const time of pane.querySelectorAll('time'))
      time.textContent = new Date(time.dateTime).toLocaleString();
    pane.scrollTop = 0;
  };
  const load = async address => {
    shown = address;
    pane.setAttribute('aria-busy', 'true');
    try {
      const html = await fetchText(address);
      if (shown === address) fill(html);
    } catch (error) {
      if (shown === address) fill('<p class="problem"></p>');
      if (shown === address) pane.querySelector('.problem').textContent = error.message;
    }
    pane.removeAttribute('aria-busy');
  };
  const record = async () => {
    const button = pane.querySelector('button.record');
    if (!button || button.disabled) return;
    const address = shown;
    const outcome = pane.querySelector('.actions .outcome');
    button.disabled = true;
    outcome.textContent = 'The model is answering …';
    try {
      await fetchText(`/_retake/v1/exchanges/${idOf(pane)}/record`, {method: 'POST'});
      if (shown === address) await load(address);
    } catch (error) {
      outcome.textContent = error.message;
      button.disabled = false;
    }
  };

  pane.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (button?.classList.contains('record')) void record();
    if (button?.classList.contains('ignore')) void showIgnoreRules(idOf(pane));
    if (button?.classList.contains('render')) toggle([button]);
  });

  return {
    show: address => (address === shown ? Promise.resolve() : load(address)),
    clear() {
      shown = '';
      pane.replaceChildren();
    },
    record,
    /** Shows answers as Markdown or as their text. */
    render: () => toggle([...pane.querySelectorAll('button.render')]),
    focus: () => pane.focus(),
  };
}

function idOf(pane) {
  return pane.querySelector('[data-id]')?.dataset.id ?? '';
}

function toggle(buttons) {
  const value = buttons[0]?.getAttribute('aria-pressed') === 'false';
  for (const button of buttons) {
    button.setAttribute('aria-pressed', String(value));
    button.closest('.answer').classList.toggle('is-rendered', value);
  }
}
