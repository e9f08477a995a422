import { BlockList, isIP } from 'node:net';

const blocked = new BlockList();
/** This network, private ones, those of carriers, the link's own, documentation, tests, many at once, and the future. */
for (const subnet of [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
].flatMap(line => line.split(' '))) {
  const [address = '', bits] = subnet.split('/');
  blocked.addSubnet(address, Number(bits), 'ipv4');
}
/** Of what is given to anybody at all: tunnels, in which an address of the other kind hides, and documentation. */
for (const subnet of ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']) {
  const [address = '', bits] = subnet.split('/');
  blocked.addSubnet(address, Number(bits), 'ipv6');
}
const given = new BlockList();
given.addSubnet('2000::', 3, 'ipv6');

/** Whether an address is one of the open internet, and not of this machine or a network of one's own. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !blocked.check(address, 'ipv4');
  return family === 6 && given.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}
