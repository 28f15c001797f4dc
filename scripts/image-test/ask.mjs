import {readFile} from 'node:fs/promises';
import {request} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';

/** Resolves when retake in a container is ready for its mode. */
export async function untilHealthy(container, port) {
  const ended = container.ended.then(({code}) => ({code}));
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; ) {
    const end = await Promise.race([ended, sleep(100)]);
    if (end) throw new Error(`it ended with ${end.code}:\n${container.log()}`);
    const answer = await ask(port, '/health').catch(() => undefined);
    if (answer?.status === 200) return;
  }
  throw new Error(`it was not healthy after two minutes:\n${container.log()}`);
}

export function askOpenai(port, {question = 'What is the capital of France?'} = {}) {
  const body = {
    model: 'gpt-4o',
    temperature: 0,
    max_tokens: 20,
    messages: [{role: 'user', content: question}],
  };
  return ask(port, '/v1/chat/completions', {body});
}

/** Asks about a PDF, by default the examples' invoice. */
export async function askAboutInvoice(port, {document = 'examples/documents/invoice.pdf'} = {}) {
  const data = await readFile(document, 'base64');
  const content = [
    {type: 'file', file: {filename: 'invoice.pdf', file_data: `data:application/pdf;base64,${data}`}},
    {type: 'text', text: 'When is this to be paid?'},
  ];
  const body = {model: 'gpt-4o', temperature: 0, max_tokens: 10, messages: [{role: 'user', content}]};
  return ask(port, '/v1/chat/completions', {body});
}

export function askGemini(port, headers) {
  const contents = [{role: 'user', parts: [{text: 'What is the capital of France?'}]}];
  const body = {contents, generationConfig: {temperature: 0, maxOutputTokens: 20}};
  return ask(port, '/v1beta/models/gemini-2.5-flash:generateContent', {body, headers});
}

/** Uses node:http, because `fetch` does not allow a Host header. */
function ask(port, path, {body, headers = {}} = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...{host: '127.0.0.1', port, path, timeout: 120_000},
      method: body ? 'POST' : 'GET',
      headers: {...(body && {'content-type': 'application/json'}), ...headers},
    });
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from port ${port}`)));
    outgoing.on('response', async response => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({status: response.statusCode, headers: response.headers, body: text});
    });
    outgoing.end(body && JSON.stringify(body));
  });
}
