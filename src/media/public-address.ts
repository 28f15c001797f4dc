import ipaddr from 'ipaddr.js';

/** Outside of every private range, and yet only a machine in Azure can ask it: for its own metadata. */
const azureMetadata = '168.63.129.16';

const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an IP address is one of the public internet. Private, shared, local, reserved and multicast addresses are not, nor are
 * IPv6 addresses that carry an IPv4 address within them, whichever that is.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || address === azureMetadata) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalUnicast));
}
