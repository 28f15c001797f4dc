import {fetchText} from './text.js';

const dialog = document.querySelector('dialog.change');
const token = document.querySelector('meta[name=retake-token]').content;
let address = '';

/** Shows what would change in the configuration file, and writes it when that is confirmed. */
export async function showIgnoreRules(id) {
  address = `/_retake/ui/exchanges/${id}/ignore`;
  try {
    dialog.innerHTML = await fetchText(address);
  } catch (error) {
    dialog.innerHTML = '<p class="problem"></p><button type="button" class="close">Close</button>';
    dialog.querySelector('.problem').textContent = error.message;
  }
  dialog.showModal();
}

async function write(button) {
  button.disabled = true;
  try {
    dialog.innerHTML = await fetchText(address, {
      method: 'POST',
      headers: {'content-type': 'application/json', 'x-retake-token': token},
      body: JSON.stringify({digest: button.dataset.digest}),
    });
  } catch (error) {
    dialog.querySelector('.outcome').textContent = error.message;
    button.disabled = false;
  }
}

dialog.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button?.classList.contains('close')) dialog.close();
  if (button?.classList.contains('write')) void write(button);
});
