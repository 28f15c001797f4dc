import {readFileSync} from 'node:fs';
import {type TObject, type TSchema, TypeGuard} from '@sinclair/typebox';
import test from 'ava';
import * as anthropic from '../../src/dialects/anthropic/messages/schema.js';
import {serverToolTypes} from '../../src/dialects/anthropic/messages/server-tools.js';
import * as gemini from '../../src/dialects/gemini/generate-content/schema.js';
import {handlingOf as protoHandlingOf} from '../../src/dialects/gemini/proto-types.js';
import * as openai from '../../src/dialects/openai/chat-completions/schema.js';
import {CompletionRequest} from '../../src/dialects/openai/completions/schema.js';
import {EmbeddingRequest} from '../../src/dialects/openai/embeddings/schema.js';
import * as responseItems from '../../src/dialects/openai/responses/item-schema.js';
import * as responses from '../../src/dialects/openai/responses/schema.js';
import * as responseTools from '../../src/dialects/openai/responses/tool-schema.js';

/** Where the fields of an object are documented: the heading on the page, and the prefix before each name. */
type Told = {readonly schema: TObject; readonly heading: string; readonly prefix?: string};

const pages: Readonly<Record<string, readonly Told[]>> = {
  anthropic: [
    {schema: anthropic.MessagesRequest, heading: 'Request body'},
    {schema: anthropic.CountTokensRequest, heading: 'Request body'},
    {schema: anthropic.Message, heading: 'Messages and their blocks', prefix: 'messages.'},
    ...Object.entries(anthropic.blocks).map(([type, schema]) => ({
      schema,
      heading: 'Messages and their blocks',
      prefix: `${type}.`,
    })),
    ...Object.entries({
      'tools.': anthropic.Tool,
      'tool_choice.': anthropic.ToolChoice,
      'thinking.': anthropic.Thinking,
      'output_config.': anthropic.OutputConfig,
      'output_config.format.': anthropic.OutputFormat,
    }).map(([prefix, schema]) => ({schema, heading: 'Tools, thinking, output', prefix})),
  ],
  openai: [
    {schema: openai.ChatCompletionRequest, heading: 'Chat completions'},
    {schema: openai.StreamOptions, heading: 'Chat completions', prefix: 'stream_options.'},
    {schema: openai.Message, heading: 'Messages'},
    ...Object.entries({
      'text.': openai.TextPart,
      'refusal.': openai.RefusalPart,
      'image_url.': openai.ImagePart,
      'image_url.image_url.': openai.ImageSource,
      'file.': openai.FilePart,
      'file.file.': openai.FileSource,
      'tool_calls.': openai.ToolCall,
      'function.': openai.FunctionCall,
    }).map(([prefix, schema]) => ({schema, heading: 'Messages', prefix})),
    ...Object.entries({
      'tools.': openai.ToolDefinition,
      'tools.function.': openai.FunctionDefinition,
      'json_schema.': openai.JsonSchemaFormat,
    }).map(([prefix, schema]) => ({schema, heading: 'Tools and formats', prefix})),
    {schema: responses.ResponseRequest, heading: 'Responses'},
    {schema: responses.TextConfig, heading: 'Responses', prefix: 'text.'},
    {schema: responses.ReasoningConfig, heading: 'Responses', prefix: 'reasoning.'},
    {schema: responses.StreamOptions, heading: 'Responses', prefix: 'stream_options.'},
    ...Object.entries({
      'message.': responseItems.MessageItem,
      'function_call.': responseItems.FunctionCallItem,
      'function_call_output.': responseItems.FunctionCallOutputItem,
      'item_reference.': responseItems.ItemReference,
      'input_text.': responseItems.InputText,
      'input_image.': responseItems.InputImage,
      'input_file.': responseItems.InputFile,
      'output_text.': responseItems.OutputText,
      'refusal.': responseItems.Refusal,
    }).map(([prefix, schema]) => ({schema, heading: 'Response input items', prefix})),
    {schema: responseTools.FunctionTool, heading: 'Response tools', prefix: 'tools.'},
    {schema: responses.InputTokensRequest, heading: 'Input token counts'},
    {schema: CompletionRequest, heading: 'Legacy completions'},
    {schema: EmbeddingRequest, heading: 'Embeddings'},
  ],
  gemini: [{schema: gemini.GenerateContentRequest, heading: 'generateContent'}],
};

/** The words on the page that are allowed for each handling; a neutral field may be any of several, as the decoder decides. */
const words: Readonly<Record<string, readonly string[]>> = {
  neutral: ['supported', 'forwarded', 'warning', 'ignored'],
  extras: ['forwarded'],
  ignored: ['ignored'],
  refused: ['rejected'],
  unserved: ['warning'],
};

for (const [dialect, told] of Object.entries(pages)) {
  test(`docs/compatibility/${dialect}.md has a row with the handling of each field`, t => {
    const rows = readRows(`docs/compatibility/${dialect}.md`);
    const fieldsOf = dialect === 'gemini' ? protoFieldsOf : ownFieldsOf;
    const fields = told.flatMap(({schema, heading, prefix = ''}) =>
      fieldsOf(schema, prefix).map(field => ({...field, heading})),
    );
    t.true(fields.length > 50, String(fields.length));
    const complaints = fields.flatMap(({path, handling, heading}) => {
      const word = rows.get(`${heading}: ${path}`);
      if (word === undefined) return [`${heading} has no row that begins with \`${path}\``];
      return words[handling]?.includes(word) ? [] : [`${heading}: ${path} is ${handling}, not ${word}`];
    });
    t.deepEqual(complaints, []);
  });
}

type Field = {readonly path: string; readonly handling: string};

/** The members of one object that have a handling; a type tag has none. */
function ownFieldsOf(schema: TObject, prefix: string): readonly Field[] {
  return Object.entries(schema.properties).flatMap(([name, field]) =>
    typeof field['handling'] === 'string' ? [{path: prefix + name, handling: field['handling']}] : [],
  );
}

/** A message's fields, including those of nested messages. */
function protoFieldsOf(message: TObject, prefix: string): readonly Field[] {
  return Object.entries(message.properties).flatMap(([name, schema]) => {
    const handling = protoHandlingOf(schema);
    const item: TSchema = TypeGuard.IsArray(schema) ? schema.items : schema;
    const isMessage = handling === 'neutral' && TypeGuard.IsObject(item);
    return isMessage ? protoFieldsOf(item, `${prefix}${name}.`) : [{path: prefix + name, handling}];
  });
}

test('the overview links to every page, and to existing headings', t => {
  const overview = readFileSync('docs/compatibility.md', 'utf8');
  const links = [...overview.matchAll(/\]\((compatibility\/[\w.]+)#([\w-]+)\)/g)];
  t.deepEqual(
    links.map(([, page]) => page).sort(),
    Object.keys(pages)
      .map(name => `compatibility/${name}.md`)
      .sort(),
  );
  for (const [, page, anchor] of links) {
    const headings = readFileSync(`docs/${page}`, 'utf8').matchAll(/^## (.*)$/gm);
    t.true(
      [...headings].some(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-') === anchor),
      page,
    );
  }
});

/** The second cell of each row, by its second-level heading and the code in its first cell. */
function readRows(path: string): ReadonlyMap<string, string> {
  const rows = new Map<string, string>();
  let heading = '';
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    heading = /^## (.*)$/.exec(line)?.[1] ?? heading;
    const [, field, word] = /^\| `([^`]+)` \| ([^|]*?) ?\|/.exec(line) ?? [];
    if (field !== undefined && word !== undefined) rows.set(`${heading}: ${field}`, word);
  }
  return rows;
}

test('docs/compatibility/anthropic.md names every type of tool that is Anthropic’s', t => {
  const page = readFileSync('docs/compatibility/anthropic.md', 'utf8');
  const [, list = ''] = page.split('### Tools of Anthropic');
  const named = new Set(list.split('\n\n')[2]?.match(/\w+/g) ?? []);
  t.deepEqual([...named].toSorted(), [...serverToolTypes].toSorted());
});
