/** Calls the action of a key that is pressed outside of text fields and dialogs. */
export function listenToKeys(actions) {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const {target, key} = event;
    const isTyping = target.matches('input, select, textarea');
    if (isTyping && key !== 'Escape' && !(key === 'Enter' && target.matches('input'))) return;
    // Enter and the space bar press the button or follow the link that has the focus.
    if (key === 'Enter' && target.matches('button, a, summary')) return;
    if (/^(?:Arrow|Home|End)/.test(key) && target.closest('.details')) return;
    const digit = /^[1-9]$/.test(key) ? () => actions.digit(Number(key) - 1) : undefined;
    const act = Object.hasOwn(actions, key) ? actions[key] : digit;
    if (!act) return;
    event.preventDefault();
    act();
  });
}
