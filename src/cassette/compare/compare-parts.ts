import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {canonicalJson, isSameJson} from '../key/key.js';
import {shorten} from '../key/shorten.js';
import {showTexts} from './show-pair.js';
import {pointerDifferences} from './value-differences.js';
import type {Wording} from './wording.js';

/** Every difference between two parts of a turn that show no image: texts by their lines, calls and results by JSON pointers. */
export function comparePart(asked: JsonValue, recorded: JsonValue, wording: Wording): readonly string[] {
  if (isSameJson(asked, recorded)) return [];
  const [mine, theirs] = [objectOf(asked), objectOf(recorded)];
  if (mine['type'] !== theirs['type']) {
    return [`${wording.mine} ${kindOf(mine)}, ${wording.theirs} ${kindOf(theirs)}`];
  }
  const {text, ...rest} = mine;
  const {text: recordedText, ...recordedRest} = theirs;
  if (typeof text === 'string' && typeof recordedText === 'string') {
    return [
      ...(text === recordedText ? [] : [compareLines(text, recordedText, wording)]),
      ...pointerDifferences(rest, recordedRest, wording),
    ];
  }
  const name = [mine['name'], mine['call']].find(one => typeof one === 'string' && one !== '');
  const place = {'tool-call': 'call', 'tool-result': 'result'}[String(mine['type'])] ?? kindOf(mine);
  const label = typeof name === 'string' ? `${place} ${place === 'result' ? 'of ' : ''}${name}: ` : '';
  return pointerDifferences(mine, theirs, wording).map(sentence => label + sentence);
}

/** The first line in which two texts differ. */
function compareLines(asked: string, recorded: string, wording: Wording): string {
  const [lines, recordedLines] = [asked.split('\n'), recorded.split('\n')];
  const changed = lines.findIndex((text, index) => text !== recordedLines[index]);
  const line = changed === -1 ? lines.length : changed;
  const [mine, theirs] = [lines[line], recordedLines[line]];
  const [shown, recordedShown] =
    mine === undefined || theirs === undefined ? [quote(mine), quote(theirs)] : showTexts(mine, theirs);
  return `line ${line + 1}: ${wording.mine} ${shown}, ${wording.theirs} ${recordedShown}`;
}

function quote(line: string | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(shorten(line));
}

/** What two parts say, for an estimate of how much they have in common. */
export function partText(part: JsonValue): string {
  return isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : canonicalJson(part);
}

function kindOf({type}: JsonObject): string {
  return typeof type === 'string' ? type : 'a part';
}

function objectOf(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {value};
}
