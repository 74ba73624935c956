/** libvirt: virtual networks for virtual machines. */
import { labelOf, type System } from './system.ts';

const libvirt = labelOf('libvirt');

const chains: Readonly<Record<string, string>> = {
  LIBVIRT_INP: 'lets virtual machines reach DNS and DHCP on this host',
  LIBVIRT_OUT: 'lets DNS and DHCP of this host answer virtual machines',
  LIBVIRT_FWI: 'decides what may enter virtual networks, and refuses the rest',
  LIBVIRT_FWO: 'decides what may leave virtual networks, and refuses the rest',
  LIBVIRT_FWX: 'lets virtual machines of one network talk to each other',
  LIBVIRT_PRT: 'gives virtual machines the address of this host on their way out',
  guest_output: 'decides what may leave virtual networks, and refuses the rest',
  guest_input: 'decides what may enter virtual networks, and refuses the rest',
  guest_cross: 'lets virtual machines of one network talk to each other',
  guest_nat: 'gives virtual machines the address of this host on their way out',
  forward: 'sends packets that pass through to the rules of virtual networks',
  postroute_nat: 'sends packets on their way out to the address rules of virtual networks',
};

export const libvirtSystem: System = {
  name: 'libvirt',
  labelTable({ table }) {
    return table.backend === 'nft' && table.name === 'libvirt_network'
      ? libvirt("libvirt's rules for its virtual networks")
      : undefined;
  },
  labelChain({ table, chain }) {
    const native = table.backend === 'nft' && table.name === 'libvirt_network';
    if (!native && !chain.name.startsWith('LIBVIRT_')) return undefined;
    return libvirt(chains[chain.name] ?? 'a libvirt chain of a kind not known here');
  },
  labelRule({ table, chain, words, names }) {
    if (words.target?.startsWith('LIBVIRT_') === true)
      return libvirt(chains[words.target] ?? 'goes to a libvirt chain');
    const native = table.backend === 'nft' && table.name === 'libvirt_network';
    if (!native && !chain.name.startsWith('LIBVIRT_')) return undefined;
    const bridge = names.link((words.out ?? words.in)?.value ?? 'a virtual network');
    if (words.target === 'REJECT')
      return libvirt(`refuses everything else ${words.out === undefined ? 'from' : 'for'} ${bridge}`);
    if (words.ctstate !== undefined && words.target === 'ACCEPT') return libvirt(`lets replies back to ${bridge}`);
    if (words.target === 'MASQUERADE')
      return libvirt(`hides ${words.src?.value ?? 'virtual machines'} behind the address of the link they leave by`);
    if (words.dport !== undefined && words.target === 'ACCEPT')
      return libvirt(`lets ${bridge} use port ${words.dport.value}/${words.proto ?? '?'} of this host`);
    return libvirt(chains[chain.name] ?? 'a libvirt rule');
  },
  labelLink({ link }) {
    const { ifname, address } = link.facts;
    if (link.kind === 'bridge' && /^virbr\d+$/.test(ifname)) {
      // libvirt gives every bridge it makes an address out of KVM's own range.
      return address?.startsWith('52:54:00') === true
        ? libvirt('bridge of a virtual network')
        : labelOf('libvirt', 'name only')('named like the bridge of a virtual network');
    }
    if (/^(vnet|macvtap)\d+$/.test(ifname) && (link.kind === 'tun' || link.kind === 'macvtap'))
      return labelOf('libvirt', 'likely')("host end of a virtual machine's link");
    return undefined;
  },
};
