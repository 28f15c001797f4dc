import {readFileSync} from 'node:fs';
import {RetakeError} from '../../errors.js';
import {packageFile} from '../../files/package-file.js';
import {style} from '../../report/html/style.js';
import {assetHeaders} from './response-headers.js';

const folder = 'src/proxy/inspector/assets';

const styles = ['layout.css', 'lists.css', 'details.css', 'phone.css'];

const scripts = [
  'main.js',
  'cassettes.js',
  'connect.js',
  'details.js',
  'exchange-list.js',
  'filters.js',
  'ignore-dialog.js',
  'keys.js',
  'text.js',
  'virtual-list.js',
];

export type Asset = {readonly headers: Readonly<Record<string, string>>; readonly body: string};

/** A file of the page; undefined if there is none of this name. */
export function readAsset(name: string): Asset | undefined {
  if (name === 'inspector.css') {
    return {headers: assetHeaders('text/css'), body: [style, ...styles.map(textOf)].join('\n')};
  }
  if (!scripts.includes(name)) return undefined;
  return {headers: assetHeaders('text/javascript'), body: textOf(name)};
}

function textOf(name: string): string {
  const path = packageFile(`${folder}/${name}`);
  if (path !== undefined) return readFileSync(path, 'utf8');
  throw new RetakeError('internal', `The file ${folder}/${name} is missing`, {
    hint: 'Install the package again.',
  });
}
