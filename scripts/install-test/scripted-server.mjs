import {createServer} from 'node:http';

/** An OpenAI-compatible server on loopback that gives one answer to everything, and counts the questions. */
export async function startScriptedServer(answer) {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url !== '/v1/chat/completions') return response.writeHead(404).end();
    asked++;
    const head = {id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'scripted'};
    const events = [
      {...head, choices: [{index: 0, delta: {role: 'assistant', content: answer}, finish_reason: null}]},
      {...head, choices: [{index: 0, delta: {}, finish_reason: 'stop'}]},
      {...head, choices: [], usage: {prompt_tokens: 5, completion_tokens: 3, total_tokens: 8}},
    ];
    response.writeHead(200, {'content-type': 'text/event-stream'});
    const lines = events.map(event => `data: ${JSON.stringify(event)}\n\n`);
    return response.end(`${lines.join('')}data: [DONE]\n\n`);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    asked: () => asked,
    close: () => new Promise(resolve => server.close(resolve)),
  };
}
