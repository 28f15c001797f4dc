import type {JsonObject} from '../../../chat/json.js';
import {checkWire} from '../check-wire.js';
import {AdditionalToolsItem, ConfigurationUpdateItem} from './item-schema.js';
import {ConfigurationReasoning, ConfigurationText} from './schema.js';

/** What items of a conversation change about the request itself. */
export type ConversationSettings = {
  /** Further tools, with their places in the request. */
  readonly tools: readonly {readonly tool: JsonObject; readonly path: string}[];
  /** Replaces `reasoning.effort` of the request. */
  readonly effort?: string | undefined;
  /** Replaces `text.format` of the request. */
  readonly format?: JsonObject | undefined;
};

const checkTools = checkWire(AdditionalToolsItem);
const checkUpdate = checkWire(ConfigurationUpdateItem);
const checkReasoning = checkWire(ConfigurationReasoning);
const checkText = checkWire(ConfigurationText);

/** Of updates of one setting, the last one counts. */
export function settingsIn(
  items: readonly JsonObject[],
  pathOf: (index: number) => string,
): ConversationSettings {
  let settings: ConversationSettings = {tools: []};
  for (const [index, item] of items.entries()) {
    const path = pathOf(index);
    if (item['type'] === 'additional_tools') {
      const {tools} = checkTools(item, path);
      const added = tools.map((tool, number) => ({tool, path: `${path}.tools[${number}]`}));
      settings = {...settings, tools: [...settings.tools, ...added]};
    } else if (item['type'] === 'configuration_update') {
      const {reasoning, text} = checkUpdate(item, path);
      const {effort = settings.effort} = reasoning ? checkReasoning(reasoning, `${path}.reasoning`) : {};
      const {format = settings.format} = text ? checkText(text, `${path}.text`) : {};
      settings = {...settings, effort, format};
    }
  }
  return settings;
}
