import {createHash} from 'node:crypto';
import {isJsonObject, type JsonValue, listOf} from '../../chat/json.js';
import {canonicalView, type MatchingView} from './key.js';

/** A named part of a request, and a digest that is equal for equal parts. */
export type ViewComponent = {readonly name: string; readonly digest: string};

/** The parts of a key: each turn, each tool and each setting. */
export function viewComponents(view: MatchingView): readonly ViewComponent[] {
  return Object.entries(view).flatMap(([name, value]) => {
    if (name === 'turns' || name === 'tools') return listComponents(name, value);
    if (name === 'sampling' && isJsonObject(value)) {
      return Object.entries(value).map(([setting, one]) => component(setting, {sampling: {[setting]: one}}));
    }
    return [component(name, {[name]: value})];
  });
}

function listComponents(list: 'turns' | 'tools', value: JsonValue): readonly ViewComponent[] {
  return listOf(value).map((item, index) => {
    const label = isJsonObject(item) ? item[list === 'turns' ? 'role' : 'name'] : undefined;
    const noun = list === 'turns' ? 'turn' : 'tool';
    return component(`${noun} ${index + 1}${typeof label === 'string' ? ` (${label})` : ''}`, {
      [list]: [item],
    });
  });
}

function component(name: string, part: MatchingView): ViewComponent {
  return {name, digest: createHash('sha256').update(canonicalView(part)).digest('hex').slice(0, 12)};
}
