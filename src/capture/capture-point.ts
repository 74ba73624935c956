/** A place where packets are looked at: one link, with the words it goes by in lists, files and answers. */
import type { CaptureTap } from '../host/capture/capture-order.ts';
import type { ContainerId, HostId, LinkId } from '../model/ids.ts';

/** A point of a running capture, or an interface of a file: there everything but its name may be unknown. */
export interface SeenPoint {
  /** `web/eth0` for a link of a container, `docker0` for one of the host, `NETNS/ifname` elsewhere; unique within one capture. */
  readonly name: string;
  /** Whole words for the pcapng interface comment: netns, container, network. */
  readonly comment: string;
  /** Of a file's interface: the link of that name that there is now, which need not be the one the file was made on. */
  readonly link?: LinkId;
  readonly container?: ContainerId;
  /** Position along the traced path, the sender's link first; absent for points chosen by hand. */
  readonly position?: number;
}

export interface CapturePoint extends SeenPoint {
  readonly link: LinkId;
  readonly host: HostId;
  readonly tap: CaptureTap;
}
