import {readFileSync} from 'node:fs';
import type {TObject} from '@sinclair/typebox';
import test from 'ava';
import * as chat from '../../../src/dialects/openai/chat-completions/schema.js';
import {CompletionRequest} from '../../../src/dialects/openai/completions/schema.js';
import {EmbeddingRequest} from '../../../src/dialects/openai/embeddings/schema.js';
import * as items from '../../../src/dialects/openai/responses/item-schema.js';
import * as responses from '../../../src/dialects/openai/responses/schema.js';
import * as tools from '../../../src/dialects/openai/responses/tool-schema.js';

/** Each section of the page, and the schemas whose fields it documents, by prefix. */
const sections: Readonly<Record<string, readonly (readonly [string, TObject])[]>> = {
  'Chat completions': [
    ['', chat.ChatCompletionRequest],
    ['stream_options.', chat.StreamOptions],
  ],
  Messages: [
    ['', chat.Message],
    ['tool_calls.', chat.ToolCall],
    ['tool_calls.', chat.CustomToolCall],
    ['custom.', chat.CustomCall],
    ['function.', chat.FunctionCall],
    ['text.', chat.TextPart],
    ['refusal.', chat.RefusalPart],
    ['image_url.', chat.ImagePart],
    ['image_url.image_url.', chat.ImageSource],
    ['file.', chat.FilePart],
    ['file.file.', chat.FileSource],
  ],
  'Tools and formats': [
    ['tools.', chat.ToolDefinition],
    ['tools.function.', chat.FunctionDefinition],
    ['tools.', chat.CustomToolDefinition],
    ['tools.custom.', chat.CustomDefinition],
    ['tools.custom.format.', chat.CustomGrammarFormat],
    ['tools.custom.format.grammar.', chat.CustomGrammar],
    ['tool_choice.', chat.NamedChoice],
    ['tool_choice.function.', chat.FunctionName],
    ['tool_choice.', chat.NamedCustomChoice],
    ['tool_choice.custom.', chat.FunctionName],
    ['tool_choice.', chat.AllowedToolsChoice],
    ['tool_choice.allowed_tools.', chat.AllowedTools],
    ['response_format.', chat.JsonSchemaResponseFormat],
    ['json_schema.', chat.JsonSchemaFormat],
  ],
  Responses: [
    ['', responses.ResponseRequest],
    ['stream_options.', responses.StreamOptions],
    ['text.', responses.TextConfig],
    ['reasoning.', responses.ReasoningConfig],
  ],
  'Response input items': [
    ['message.', items.MessageItem],
    ['function_call.', items.FunctionCallItem],
    ['function_call_output.', items.FunctionCallOutputItem],
    ['custom_tool_call.', items.CustomToolCallItem],
    ['custom_tool_call_output.', items.CustomToolCallOutputItem],
    ['compaction.', items.CompactionItem],
    ['additional_tools.', items.AdditionalToolsItem],
    ['configuration_update.', items.ConfigurationUpdateItem],
    ['item_reference.', items.ItemReference],
    ['input_text.', items.InputText],
    ['input_image.', items.InputImage],
    ['input_file.', items.InputFile],
    ['output_text.', items.OutputText],
    ['refusal.', items.Refusal],
  ],
  'Response tools': [
    ['tools.', tools.FunctionTool],
    ['custom.', tools.CustomTool],
    ['custom.format.', tools.GrammarFormat],
    ['namespace.', tools.NamespaceTool],
    ['tool_choice.', tools.NamedTool],
    ['tool_choice.', tools.AllowedTools],
  ],
  'Input token counts': [['', responses.InputTokensRequest]],
  'Compacted conversations': [['', responses.CompactRequest]],
  'Legacy completions': [['', CompletionRequest]],
  Embeddings: [['', EmbeddingRequest]],
};

/** Rows of item types that are refused as a whole and have no schema. */
const refusedKinds = new Set(['input_audio']);

/** The words on the page that are allowed for each handling; `told` and `passed on` fields are part of the key. */
const words: Readonly<Record<string, readonly string[]>> = {
  neutral: ['supported', 'warning', 'forwarded'],
  extras: ['forwarded'],
  ignored: ['ignored'],
  refused: ['rejected'],
};

const page = readFileSync('docs/compatibility/openai.md', 'utf8');

for (const [heading, schemas] of Object.entries(sections)) {
  test(`the page documents every field, and no other: ${heading}`, t => {
    const rows = new Map(rowsOf(heading));
    const fields = new Set<string>();
    for (const [prefix, schema] of schemas) {
      for (const [name, field] of Object.entries(schema.properties)) {
        fields.add(prefix + name);
        const {handling = 'neutral'} = field as {handling?: string};
        const said = rows.get(prefix + name) ?? 'no row';
        t.true(
          words[handling]?.includes(said),
          `${prefix}${name} is ${handling}, and the page says: ${said}`,
        );
      }
    }
    t.deepEqual(
      [...rows.keys()].filter(name => !fields.has(name) && !refusedKinds.has(name)),
      [],
    );
  });
}

const withoutFields = new Set(['Endpoints', 'What the real API refuses', 'Known differences']);

test('every section of fields is checked', t => {
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  t.deepEqual(
    headings.filter(heading => !withoutFields.has(heading ?? '')),
    Object.keys(sections),
  );
});

/** The field of each row, and its handling on the page. */
function rowsOf(heading: string): (readonly [string, string])[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [rows = ''] = section.split('\n## ');
  return [...rows.matchAll(/^\| `([^`]+)` \| ([a-z ]+) \|/gm)].map(([, name = '', word = '']) => [
    name,
    word,
  ]);
}
