/** Light and dark follow the system. Colour never carries meaning alone: a word or a line repeats it. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #fff; --ink: #1d1c1a; --soft: #6b6760; --line: #e4e0d9; --well: #f5f3ef;
  --del: #fbe3df; --del-ink: #8c1d10; --ins: #ddf2e0; --ins-ink: #0f5a23;
  --fails: #a32a16; --fails-well: #fcebe7; --passes: #6a5210; --passes-well: #f6efd9; --accent: #2c5fb3;
  --shadow: 0 1px 2px rgb(40 30 10 / .06), 0 4px 16px rgb(40 30 10 / .05);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161514; --card: #1f1e1c; --ink: #ece8e1; --soft: #a09a90; --line: #34322e; --well: #191816;
    --del: #4a201a; --del-ink: #ffb4a6; --ins: #163b20; --ins-ink: #9fe5b0;
    --fails: #ff9f8c; --fails-well: #40201a; --passes: #e5cd84; --passes-well: #37301a; --accent: #86b1ff;
    --shadow: 0 1px 2px rgb(0 0 0 / .4);
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 9rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; }
[hidden] { display: none !important; }
header { position: sticky; top: 0; z-index: 1; padding: .9rem max(1rem, calc((100vw - 76rem) / 2)) .7rem; background: var(--paper); border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 1.15rem; font-weight: 600; letter-spacing: -.01em; overflow-wrap: anywhere; }
.brand { margin-right: .35rem; padding: .1rem .45rem; border-radius: .35rem; background: var(--ink); color: var(--paper); font: 600 .85em/1.4 var(--mono); }
.states { display: flex; flex-wrap: wrap; gap: 0 .5rem; margin: .3rem 0 0; color: var(--soft); font-size: .87rem; overflow-wrap: anywhere; }
.states bdi { font-family: var(--mono); font-size: .93em; }
.total { margin-left: auto; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin-top: .65rem; }
.filters { display: flex; flex-wrap: wrap; gap: .35rem; }
button, input { font: inherit; color: inherit; }
button { padding: .18rem .6rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); font-size: .85rem; cursor: pointer; }
button:hover { border-color: var(--soft); }
button[aria-pressed=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
button.fails b { color: var(--fails); }
button.passes b { color: var(--passes); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
kbd { margin-right: .3rem; padding: 0 .3rem; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: .25rem; background: var(--well); color: var(--soft); font: .75rem/1.3 var(--mono); }
input { flex: 1 1 11rem; min-width: 0; max-width: 22rem; padding: .22rem .7rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); font-size: .9rem; }
.shown { color: var(--soft); font-size: .85rem; }
main { max-width: 78rem; margin: 0 auto; padding: .5rem 1rem 6rem; }
h2 { margin: 1.4rem 0 .6rem; font: 600 .95rem/1.4 var(--mono); overflow-wrap: anywhere; }
h2 small { color: var(--soft); font: .87rem/1.4 system-ui, sans-serif; }
article { margin: 0 0 .7rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); box-shadow: var(--shadow); content-visibility: auto; contain-intrinsic-size: auto 3rem; }
article:has(> details[open]) { contain-intrinsic-size: auto 26rem; }
article:focus { outline: 2px solid var(--accent); outline-offset: 1px; }
article > details > :not(summary) { margin-left: 1rem; margin-right: 1rem; }
summary { cursor: pointer; }
article > details > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .6rem; padding: .6rem 1rem; list-style: none; }
article > details > summary::-webkit-details-marker { display: none; }
article > details[open] > summary { border-bottom: 1px solid var(--line); }
.group { margin: 0 0 .7rem; padding: 0 .7rem .2rem; border: 1px solid var(--line); border-left: 3px solid var(--accent); border-radius: .6rem; }
.group > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .6rem; padding: .6rem .3rem; }
.group > summary::before { content: '▸'; color: var(--soft); }
.group[open] > summary::before { content: '▾'; }
.group > .request { margin-top: 0; }
.seen { margin-left: auto; font-size: .78rem; color: var(--soft); }
.seen[aria-pressed=true] { color: var(--ink); }
.seen[aria-pressed=true]::before { content: '✓ '; }
.is-seen > details > summary .question { color: var(--soft); font-weight: 400; }
.render { padding: 0 .5rem; font-size: .75rem; }
.rendered { display: none; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.is-rendered > .rendered { display: block; }
.is-rendered > pre { display: none; }
.rendered > :first-child { margin-top: 0; }
.rendered h5, .rendered h6 { margin: .8rem 0 .3rem; font: 600 .95rem/1.4 system-ui, sans-serif; }
.rendered h5 { font-size: 1.05rem; }
.rendered p, .rendered ul, .rendered ol, .rendered blockquote, .rendered table { margin: .4rem 0; }
.rendered blockquote { padding-left: .8rem; border-left: 3px solid var(--line); color: var(--soft); }
.rendered code { font: .88em var(--mono); }
.rendered pre { padding: .5rem .7rem; border: 1px solid var(--line); border-radius: .35rem; background: var(--card); }
.rendered table { border-collapse: collapse; }
.rendered th, .rendered td { padding: .15rem .6rem; border: 1px solid var(--line); text-align: left; }
.rendered a { color: var(--accent); }
.verdict { padding: .05rem .5rem; border-radius: .3rem; font: 600 .8rem/1.5 var(--mono); }
.verdict.fails { background: var(--fails-well); color: var(--fails); }
.verdict.passes { background: var(--passes-well); color: var(--passes); }
.question { flex: 1 1 14rem; min-width: 0; font-weight: 550; overflow-wrap: anywhere; }
.tag { padding: 0 .45rem; border: 1px dashed var(--soft); border-radius: .3rem; color: var(--soft); font-size: .78rem; }
.key { color: var(--soft); font: .78rem var(--mono); }
.findings { margin-top: .7rem; margin-bottom: .7rem; padding: 0; list-style: none; font-size: .9rem; }
.findings li { display: grid; grid-template-columns: 6.4rem minmax(0, 1fr); align-items: baseline; padding: .05rem 0; overflow-wrap: anywhere; }
.findings b { color: var(--soft); font: 600 .78rem var(--mono); }
section > .findings { margin-left: 0; }
section > .findings li { display: list-item; }
.request { margin-top: .7rem; margin-bottom: .9rem; border-left: 3px solid var(--line); }
.turn { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: .6rem; padding: .2rem 0 .2rem .8rem; }
h3 { margin: .9rem 0 .4rem; font-size: .9rem; }
h4 { margin: 0; color: var(--soft); font: 600 .78rem/1.75 var(--mono); overflow-wrap: anywhere; }
pre { margin: 0; max-height: 24rem; overflow-y: auto; font: .84rem/1.55 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.tools summary, .settings summary { font-size: .87rem; }
.settings summary { color: var(--soft); }
.answers, .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: .8rem; margin-top: .6rem; margin-bottom: 1rem; }
.answer { min-width: 0; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .45rem; background: var(--well); }
.provenance { margin: .5rem 0 0; color: var(--soft); font-size: .78rem; overflow-wrap: anywhere; }
.same { color: var(--soft); font-size: .9rem; }
del { background: var(--del); color: var(--del-ink); text-decoration: line-through; text-decoration-thickness: 1px; border-radius: .15rem; }
ins { background: var(--ins); color: var(--ins-ink); text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 2px; border-radius: .15rem; }
.control { padding: 0 .15rem; border: 1px solid var(--soft); border-radius: .2rem; font: .85em var(--mono); }
.sides { align-items: start; margin-top: .7rem; margin-bottom: .7rem; }
.sides .media { margin: 0; }
.media { display: flex; flex-wrap: wrap; gap: .4rem .7rem; margin-top: .7rem; margin-bottom: .7rem; }
.media h4 { width: 100%; }
figure { margin: 0; padding: .3rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--well); }
figure.changed { border: 2px solid var(--fails); }
figure img, .blank { display: block; width: 7.5rem; height: 9.6rem; object-fit: contain; background: #fff; border-radius: .2rem; }
.blank { display: grid; place-items: center; background: var(--card); color: var(--soft); font: .7rem var(--mono); border: 1px dashed var(--line); }
figcaption { max-width: 7.5rem; margin-top: .25rem; color: var(--soft); font-size: .78rem; }
figcaption strong { color: var(--fails); }
.none { padding: 3rem 0; color: var(--soft); text-align: center; }
dialog { max-width: 22rem; padding: 1.2rem 1.6rem; border: 1px solid var(--line); border-radius: .7rem; background: var(--card); color: var(--ink); }
dialog::backdrop { background: rgb(0 0 0 / .35); }
dialog h2 { margin-top: 0; }
dl div { display: flex; gap: 1rem; padding: .12rem 0; }
dt { min-width: 5rem; }
dd { margin: 0; }
@media (max-width: 44rem) {
  html { scroll-padding-top: .5rem; }
  header { position: static; }
  .total { margin-left: 0; width: 100%; }
  .controls .help, kbd { display: none; }
  .turn { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .findings li { grid-template-columns: 4.8rem minmax(0, 1fr); }
  article > details > :not(summary) { margin-left: .7rem; margin-right: .7rem; }
  article > details > summary { padding: .55rem .7rem; }
}
@media print {
  header { position: static; }
  .controls { display: none; }
  article { content-visibility: visible; break-inside: avoid; box-shadow: none; }
}
`;
