/*
 * A process that owns an engine: it starts an upstream with the options in its argument, prints the upstream's phase to stdout, and stays
 * until it is killed.
 */
import {type ManagedUpstreamOptions, managedUpstream} from '../../src/upstream/local/managed-upstream.js';

const options = JSON.parse(process.argv[2] ?? '') as ManagedUpstreamOptions;
const upstream = managedUpstream(options);
upstream.start();
let told = '';
setInterval(() => {
  if (upstream.state.phase === told) return;
  told = upstream.state.phase;
  console.log(told);
}, 5);
