/** The netlink requests we send. All of them only ask. */
import { littleEndian } from '../wire/attributes.ts';
import { HEADER, NLM_F, RTM } from '../wire/messages.ts';

const AF = { UNSPEC: 0, INET: 2, BRIDGE: 7, INET6: 10 } as const;
const IFLA_EXT_MASK = 29;
const IFA_TARGET_NETNSID = 10;
/** RTEXT_FILTER_* of linux/rtnetlink.h. */
const RTEXT = { BRVLAN_COMPRESSED: 4, SKIP_STATS: 8 } as const;
const NETNSA = { NSID: 1, FD: 3, TARGET_NSID: 4 } as const;
const NTF_PROXY = 8;

type Attribute = readonly [type: number, value: number];

/** One request, ready to be sent as often as wanted. */
export interface Request {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly length: number;
  /** The answer is a list, which ends with NLMSG_DONE. */
  readonly isDump: boolean;
}

/** Netlink header, `body` bytes of family header beginning with the family, then 32-bit attributes. */
export const request = (
  type: number,
  flags: number,
  family: number,
  body: number,
  attributes: readonly Attribute[] = [],
): Request => {
  const length = HEADER + body + attributes.length * 8;
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(length, 72)));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, littleEndian);
  view.setUint16(4, type, littleEndian);
  view.setUint16(6, NLM_F.REQUEST | flags, littleEndian);
  view.setUint8(HEADER, family);
  let at = HEADER + body;
  for (const [name, value] of attributes) {
    view.setUint16(at, 8, littleEndian);
    view.setUint16(at + 2, name, littleEndian);
    view.setInt32(at + 4, value, littleEndian);
    at += 8;
  }
  return { bytes, view, length, isDump: (flags & NLM_F.DUMP) === NLM_F.DUMP };
};

const IFINFOMSG = 16;
const IFADDRMSG = 8;
const RTMSG = 12;
const NDMSG = 12;

export const getLinks = request(RTM.GETLINK, NLM_F.DUMP, AF.UNSPEC, IFINFOMSG);
/** Enough to know every link's name: a fifth of the bytes. */
export const getLinkNames = request(RTM.GETLINK, NLM_F.DUMP, AF.UNSPEC, IFINFOMSG, [[IFLA_EXT_MASK, RTEXT.SKIP_STATS]]);
export const getAddresses = request(RTM.GETADDR, NLM_F.DUMP, AF.UNSPEC, IFADDRMSG);
export const getRoutes = request(RTM.GETROUTE, NLM_F.DUMP, AF.INET, RTMSG);
export const getRoutes6 = request(RTM.GETROUTE, NLM_F.DUMP, AF.INET6, RTMSG);
export const getRules = request(RTM.GETRULE, NLM_F.DUMP, AF.UNSPEC, RTMSG);
export const getNeighbours = request(RTM.GETNEIGH, NLM_F.DUMP, AF.UNSPEC, NDMSG);
export const getProxies = ((): Request => {
  const proxies = request(RTM.GETNEIGH, NLM_F.DUMP, AF.UNSPEC, NDMSG);
  proxies.view.setUint8(HEADER + 10, NTF_PROXY);
  return proxies;
})();
export const getFdb = request(RTM.GETNEIGH, NLM_F.DUMP, AF.BRIDGE, NDMSG);
export const getBridgeVlans = request(RTM.GETLINK, NLM_F.DUMP, AF.BRIDGE, IFINFOMSG, [
  [IFLA_EXT_MASK, RTEXT.BRVLAN_COMPRESSED],
]);
export const getNsids = request(RTM.GETNSID, NLM_F.DUMP, AF.UNSPEC, 4);

/** One link by its ifindex. */
export const getLink = (ifindex: number): Request => {
  const link = request(RTM.GETLINK, 0, AF.UNSPEC, IFINFOMSG);
  link.view.setInt32(HEADER + 4, ifindex, littleEndian);
  return link;
};

/** Addresses of the netns this socket's netns knows by `nsid`, without entering it; needs NETLINK_GET_STRICT_CHK, or the kernel answers for its own netns. */
export const getAddressesOfNsid = (nsid: number): Request =>
  request(RTM.GETADDR, NLM_F.DUMP, AF.UNSPEC, IFADDRMSG, [[IFA_TARGET_NETNSID, nsid]]);
const nsidOfFd = request(RTM.GETNSID, 0, AF.UNSPEC, 4, [[NETNSA.FD, -1]]);
/** The nsid, here, of the netns an open descriptor refers to. To be sent at once: the next call writes over it. */
export const getNsidOfFd = (fd: number): Request => {
  nsidOfFd.view.setInt32(nsidOfFd.length - 4, fd, littleEndian);
  return nsidOfFd;
};
/** All nsids of the netns known here as `nsid`, each with the number the same netns has here (NETNSA_CURRENT_NSID). */
export const getNsidsOf = (nsid: number): Request =>
  request(RTM.GETNSID, NLM_F.DUMP, AF.UNSPEC, 4, [[NETNSA.TARGET_NSID, nsid]]);
