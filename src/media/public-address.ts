import ipaddr from 'ipaddr.js';

/** The metadata server of Azure: it is outside the private ranges, but reachable only from machines in Azure. */
const azureMetadata = '168.63.129.16';

const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an IP address belongs to the public internet. Private, shared, local, reserved and multicast addresses do not, nor do IPv6
 * addresses that embed an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || address === azureMetadata) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalUnicast));
}
