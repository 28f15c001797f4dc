import {inspectorRoot} from '../../http/services.js';
import {attribute, html} from '../../report/html/markup.js';
import type {InspectorServices} from './services.js';

/** The page without its content, which the scripts get from the control API and as parts of HTML. */
export function showPage({status, allowModeOverride}: InspectorServices, token: string): string {
  const {mode, cassette} = status();
  const asset = (name: string) => attribute(`${inspectorRoot}/${name}`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="retake-token" content="${attribute(token)}">
<title>retake</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${asset('inspector.css')}">
<script type="module" src="${asset('main.js')}"></script>
</head>
<body data-view="requests">
<header>
<h1><span class="brand">retake</span> <span class="mode">${mode}${allowModeOverride ? html`<span class="override">; a request may choose another mode</span>` : undefined}</span></h1>
<nav aria-label="Views"><a href="#requests">Requests</a> <a href="#cassettes">Cassettes</a> <a href="#changes">Changes</a></nav>
<span class="place"><bdi>${cassette}</bdi></span>
<span class="connection" role="status">connecting</span>
<button type="button" class="help" aria-label="Keys">?</button>
</header>
<noscript><p class="none">The inspector needs JavaScript. <code>retake ls</code> and <code>retake show</code> print recordings without it.</p></noscript>
<main>
<section id="requests" aria-label="Requests" hidden>
<div class="controls">
<div class="filters" role="group" aria-label="Outcomes"></div>
<select class="by-session" aria-label="Test or session"></select>
<select class="by-cassette" aria-label="Cassette"></select>
<input type="search" aria-label="Search in requests" placeholder="Search">
<span class="shown"></span>
</div>
<div class="panes">
<div class="list" role="listbox" tabindex="0" aria-label="Requests, the newest first"></div>
<div class="empty" hidden>
<h2>No requests yet</h2>
<p>Point an SDK at this address, or run your tests with <code>retake run -- npm test</code>. Requests appear here when they end.</p>
<dl class="addresses">
<div><dt>OpenAI</dt><dd><code>OPENAI_BASE_URL=<span data-address>http://localhost:8090</span>/v1</code></dd></div>
<div><dt>Anthropic</dt><dd><code>ANTHROPIC_BASE_URL=<span data-address>http://localhost:8090</span></code></dd></div>
<div><dt>Gemini</dt><dd><code>GOOGLE_GEMINI_BASE_URL=<span data-address>http://localhost:8090</span></code></dd></div>
</dl>
</div>
<div class="details" role="region" aria-label="The selected request" tabindex="-1"></div>
</div>
</section>
<section id="cassettes" aria-label="Cassettes" hidden>
<div class="panes"><div class="browser"></div><div class="details" role="region" aria-label="The selected recording" tabindex="-1"></div></div>
</section>
<section id="changes" aria-label="Changes since the last commit" hidden></section>
</main>
<dialog class="keys" aria-label="Keys">
<h2>Keys</h2>
<dl>
<div><dt><kbd>j</kbd> <kbd>↓</kbd></dt><dd>next request</dd></div>
<div><dt><kbd>k</kbd> <kbd>↑</kbd></dt><dd>previous request</dd></div>
<div><dt><kbd>Enter</kbd></dt><dd>to its details</dd></div>
<div><dt><kbd>n</kbd> <kbd>Home</kbd></dt><dd>the newest request</dd></div>
<div><dt><kbd>End</kbd></dt><dd>the oldest request</dd></div>
<div><dt><kbd>r</kbd></dt><dd>record it</dd></div>
<div><dt><kbd>m</kbd></dt><dd>Markdown or its text</dd></div>
<div><dt><kbd>/</kbd></dt><dd>search</dd></div>
<div><dt><kbd>f</kbd></dt><dd>the next outcome</dd></div>
<div><dt><kbd>v</kbd></dt><dd>the next view</dd></div>
<div><dt><kbd>Esc</kbd></dt><dd>back, or all requests again</dd></div>
<div><dt><kbd>?</kbd></dt><dd>these keys</dd></div>
</dl>
<form method="dialog"><button>Close</button></form>
</dialog>
<dialog class="change" aria-label="Change of the configuration file"></dialog>
</body>
</html>
`.text;
}
