#!/usr/bin/env node
// The command: checks the version of Node, and loads the bundle beside it. In syntax that an old Node can parse.
const {node} = process.versions;
const [major, minor] = node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 13)) import('./main.js');
else {
  process.stderr.write(
    `retake needs Node 22.13 or newer, and this is Node ${node}. Install a newer version from https://nodejs.org, or choose one with your version manager.\n`,
  );
  process.exitCode = 1;
}
