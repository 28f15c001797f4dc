#!/usr/bin/env node
// The command: checks the version of Node, and starts the bundle beside it. In syntax that an old Node can parse.
const {node, napi} = process.versions;
// Version 10 of Node-API came with Node 22.14 and 23.6. better-sqlite3 needs it; without it, it ends the process.
if (Number(napi) >= 10) import('./start.js');
else {
  process.stderr.write(
    `retake needs Node 22.14 or newer, and this is Node ${node}. Install a newer version from https://nodejs.org, or choose one with your version manager.\n`,
  );
  process.exitCode = 1;
}
