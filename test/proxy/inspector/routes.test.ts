import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {request as httpRequest} from 'node:http';
import {text as readText} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {ask, inspected} from './inspected.js';

const html = {accept: 'text/html,application/xhtml+xml,*/*;q=0.8'};

/** A request with any headers: `fetch` would set some of these by itself. */
async function send(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: {method?: string; headers?: Record<string, string>; body?: string} = {},
) {
  const sent = httpRequest(url, {method, headers});
  sent.end(body);
  return new Promise<{status: number; headers: Record<string, unknown>; body: string}>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', response => {
      readText(response).then(
        body => resolve({status: response.statusCode ?? 0, headers: response.headers, body}),
        reject,
      );
    });
  });
}

test('`/` is the inspector for browsers, and a line of JSON for others', async t => {
  const {url} = await inspected(t, []);
  const page = await send(`${url}/`, {headers: html});
  t.is(page.status, 200);
  t.is(page.headers['content-type'], 'text/html; charset=utf-8');
  t.regex(String(page.headers['vary']), /^accept\b/);
  t.is((await send(`${url}/_retake/ui`)).headers['content-type'], 'text/html; charset=utf-8');
  for (const headers of [{}, {accept: '*/*'}, {accept: 'application/json'}, {accept: 'text/html;q=0, */*'}]) {
    const other = await send(`${url}/`, {headers});
    t.is(other.status, 200);
    t.is(other.headers['content-type'], 'application/json');
    t.regex(other.body, /^\{[^\n]*\}\n$/);
    t.like(JSON.parse(other.body), {mode: 'replay', ready: true, inspector: '/_retake/ui'});
  }
  const head = await send(`${url}/`, {method: 'HEAD', headers: html});
  t.is(head.status, 200);
  t.is(head.headers['content-type'], 'text/html; charset=utf-8');
  t.is((await send(`${url}/`, {method: 'POST', headers: html})).status, 404, 'POST / belongs to an API');
  const {exchanges} = JSON.parse((await send(`${url}/_retake/v1/exchanges`)).body);
  t.deepEqual(
    exchanges.map(({path}: {path: string}) => path),
    ['/'],
    'only the requests for APIs are listed',
  );
});

test('the page may run no script and load nothing but its own files', async t => {
  const {url} = await inspected(t, []);
  const {headers, body} = await send(`${url}/`, {headers: html});
  const policy = String(headers['content-security-policy']);
  t.regex(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;/);
  t.regex(policy, /frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/);
  t.notRegex(policy, /unsafe|\*|http/);
  t.notRegex(body, /<script(?![^>]*src=)|<style|style="|\son\w+=/);
  t.is(headers['x-content-type-options'], 'nosniff');
  t.is(headers['cache-control'], 'no-store');
});

test('what the inspector does not have is a 404', async t => {
  const {url} = await inspected(t, ['one']);
  await ask(url, 'one');
  for (const path of [
    'services.ts',
    'main.js/x',
    '..%2Fpage.ts',
    'exchanges/2',
    'exchanges/x',
    'cassettes/no',
    'cassettes/suite/1:0',
    'exchanges/1/ignore',
  ]) {
    const {status, headers, body} = await send(`${url}/_retake/ui/${path}`);
    t.is(status, 404, path);
    t.is(headers['content-type'], 'application/json; charset=utf-8', path);
    t.truthy(JSON.parse(body).error.message, path);
  }
  t.is((await send(`${url}/_retake/ui/exchanges/1`, {method: 'POST'})).status, 405);
});

test('other pages cannot read the inspector, not even those that may use the APIs', async t => {
  const {url} = await inspected(t, [], {corsOrigins: ['https://friend.example']});
  const host = new URL(url).host;
  const statusFor = async (headers: Record<string, string>) =>
    (await send(`${url}/_retake/ui`, {headers})).status;
  t.is(await statusFor({origin: 'https://friend.example'}), 403);
  t.is(await statusFor({origin: 'https://foe.example'}), 403);
  t.is(await statusFor({'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors'}), 403);
  t.is(
    await statusFor({
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    }),
    403,
  );
  t.is(
    await statusFor({
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }),
    200,
  );
  t.is(await statusFor({origin: `http://${host}`, 'sec-fetch-site': 'same-origin'}), 200);
  t.is(await statusFor({host: 'rebound.example'}), 403);
});

/** A miss that an ignore rule would bridge, and everything that its page would send to write the rule. */
async function bridgedMiss(t: ExecutionContext, options: Parameters<typeof inspected>[2] = {}) {
  const world = await inspected(t, ['Today is 2026-11-03.'], options);
  await ask(world.url, 'Today is 2026-11-29.');
  const page = await send(`${world.url}/`, {headers: html});
  const token = /name="retake-token" content="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const address = `${world.url}/_retake/ui/exchanges/1/ignore`;
  const shown = await send(address);
  const digest = /data-digest="([^"]+)"/.exec(shown.body)?.[1] ?? '';
  const write = (headers: Record<string, string>, body = JSON.stringify({digest})) =>
    send(address, {
      method: 'POST',
      headers: {'x-retake-token': token, 'content-type': 'application/json', ...headers},
      body,
    });
  return {...world, write, token};
}

test('only a page with the token, on this machine and of this origin, can write the file', async t => {
  const {write, configFile, token, url} = await bridgedMiss(t, {allowedHosts: ['retake.example']});
  const refused: readonly Record<string, string>[] = [
    {'x-retake-token': ''},
    {'x-retake-token': `${token}x`},
    {'x-retake-token': token.slice(0, -1)},
    {origin: 'https://foe.example'},
    {'sec-fetch-site': 'cross-site'},
    {'sec-fetch-site': 'same-site'},
    {host: 'retake.example'},
    {host: 'retake.example:8090'},
    {'x-forwarded-for': '203.0.113.1'},
    {forwarded: 'for=203.0.113.1'},
    {'x-real-ip': '203.0.113.1'},
  ];
  for (const headers of refused) {
    const {status, body} = await write(headers);
    t.is(status, 403, JSON.stringify(headers));
    t.truthy(JSON.parse(body).error.hint, JSON.stringify(headers));
  }
  t.false(existsSync(configFile));
  t.is((await write({}, '{}')).status, 400);
  t.is((await write({}, '{"digest": "0"}')).status, 400);
  t.is((await write({}, 'no JSON')).status, 400);
  t.false(existsSync(configFile));
  t.is((await write({origin: url, 'sec-fetch-site': 'same-origin'})).status, 200);
  t.deepEqual(JSON.parse(await readFile(configFile, 'utf8')), {
    ignore: ['iso-date'],
  });
});

test('a proxy without a configuration file writes none', async t => {
  const {url, write} = await bridgedMiss(t, {inspector: {}});
  t.is((await write({})).status, 400);
  const {body} = await send(`${url}/_retake/ui/exchanges/1`);
  t.regex(body, /Add it to <code>ignore<\/code> in retake.config.json/);
  t.notRegex(body, /class="ignore"/);
});

test('a configuration file with a mistake stays as it is', async t => {
  const {url, configFile} = await bridgedMiss(t);
  const {writeFile} = await import('node:fs/promises');
  for (const broken of ['{"ignore": [', '[]', '{"ignore": "uuid"}']) {
    await writeFile(configFile, broken);
    const {status, body} = await send(`${url}/_retake/ui/exchanges/1/ignore`);
    t.is(status, 500, broken);
    t.regex(JSON.parse(body).error.message, /retake\.config\.json/);
    t.is(await readFile(configFile, 'utf8'), broken);
  }
});
