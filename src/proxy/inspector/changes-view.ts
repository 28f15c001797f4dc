import {existsSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {isStoreAddress} from '../../cassette/postgres/store-address.js';
import {nameFlags} from '../../config/option-flags.js';
import {toRetakeError} from '../../errors.js';
import {inspectorRoot} from '../../http/services.js';
import {attribute, html} from '../../report/html/markup.js';
import {renderDiff} from '../../report/render-diff.js';
import type {InspectorServices} from './services.js';

/** The work tree against the last commit, as the page of a review. */
export async function showChanges({
  status,
  inspector: {compareWithHead},
}: InspectorServices): Promise<string> {
  const {cassette} = status();
  if (isStoreAddress(cassette)) {
    return showMessage('Cassettes of a database are not in git', 'Compare two of them with retake diff.');
  }
  const path = resolve(cassette);
  if (!existsSync(dirname(path))) return showMessage('There are no cassettes yet');
  if (!compareWithHead) return showMessage('This proxy does not compare cassettes', 'Use retake diff.');
  try {
    const diff = await compareWithHead(path);
    const hasChanges = diff.cassettes.some(({changes, settings}) => changes.length + settings.length > 0);
    return hasChanges
      ? renderDiff(diff, 'html')
      : showMessage('No changes', 'The recordings are as in the last commit.');
  } catch (error) {
    const {message, hint} = nameFlags(toRetakeError(error));
    return showMessage(message, hint);
  }
}

function showMessage(title: string, text?: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>retake</title>
<link rel="stylesheet" href="${attribute(`${inspectorRoot}/inspector.css`)}">
</head>
<body class="message"><h2>${title}</h2><p>${text}</p></body>
</html>
`.text;
}
