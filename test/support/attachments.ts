/** APIs that accept attachments in a user message. */

export type AttachmentApi = {
  readonly name: string;
  readonly path: string;
  readonly field: RegExp;
  askAbout(question: string, ...attached: readonly Attached[]): object;
};

export type Attached =
  | {readonly bytes: Uint8Array; readonly mediaType: string}
  | {readonly uri: string; readonly mediaType: string};

export const geminiApi: AttachmentApi = {
  name: 'Gemini',
  path: '/v1beta/models/gemini-2.5-flash:generateContent',
  field: /contents\[0\]\.parts\[1\]/,
  askAbout: (question, ...attached) => ({
    contents: [{role: 'user', parts: [{text: question}, ...attached.map(geminiPart)]}],
  }),
};

export const openaiApi: AttachmentApi = {
  name: 'OpenAI',
  path: '/v1/chat/completions',
  field: /messages\[0\]\.content\[1\]/,
  askAbout: (question, ...attached) => ({
    model: 'gpt-4o',
    messages: [{role: 'user', content: [{type: 'text', text: question}, ...attached.map(openaiPart)]}],
  }),
};

export const attachmentApis: readonly AttachmentApi[] = [geminiApi, openaiApi];

function geminiPart(attached: Attached): object {
  return 'uri' in attached
    ? {fileData: {mimeType: attached.mediaType, fileUri: attached.uri}}
    : {inlineData: {mimeType: attached.mediaType, data: Buffer.from(attached.bytes).toString('base64')}};
}

function openaiPart(attached: Attached): object {
  const {mediaType} = attached;
  const url =
    'uri' in attached
      ? attached.uri
      : `data:${mediaType};base64,${Buffer.from(attached.bytes).toString('base64')}`;
  if (mediaType.startsWith('image/')) return {type: 'image_url', image_url: {url}};
  return {type: 'file', file: {filename: 'attached.pdf', file_data: url}};
}

/** The text of an answer of either API. */
export async function answerText(response: Response): Promise<string> {
  const body = JSON.parse(await response.text());
  return (
    body.candidates?.[0].content.parts[0].text ??
    body.choices?.[0].message.content ??
    body.error?.message ??
    JSON.stringify(body)
  );
}
