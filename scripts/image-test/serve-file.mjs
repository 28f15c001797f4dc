import {createReadStream, statSync} from 'node:fs';
import {createServer} from 'node:http';
import {basename} from 'node:path';

/** Serves one file on a free loopback port, and counts the requests. */
export async function serveFile(path) {
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.url !== `/${basename(path)}`) return response.writeHead(404).end();
    asked++;
    response.writeHead(200, {'content-length': statSync(path).size});
    return createReadStream(path).pipe(response);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/${basename(path)}`,
    asked: () => asked,
    close: () => new Promise(resolve => server.close(resolve)),
  };
}

/** A port that is not in use. */
export async function freePort() {
  const server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}
