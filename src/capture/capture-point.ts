/** A place where packets are looked at: one link, with the words it goes by in lists, files and answers. */
import type { CaptureTap } from '../host/capture/capture-order.ts';
import type { ContainerId, HostId, LinkId } from '../model/ids.ts';

export interface CapturePoint {
  readonly link: LinkId;
  readonly host: HostId;
  readonly tap: CaptureTap;
  /** `web/eth0` for a link of a container, `docker0` for one of the host, `NETNS/ifname` elsewhere; unique within one capture. */
  readonly name: string;
  readonly container?: ContainerId;
  /** Whole words for the pcapng interface comment: netns, container, network. */
  readonly comment: string;
  /** Position along the traced path, the sender's link first; absent for points chosen by hand. */
  readonly position?: number;
}
