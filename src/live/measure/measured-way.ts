/** From where to where is measured. */
import type { Host } from '../../host/host.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { Packet } from '../../model/packet.ts';

export interface MeasuredWay {
  readonly host: Host;
  readonly from: NetnsId;
  /** As it is sent: family and destination count. */
  readonly packet: Packet;
  /** Of the link it leaves by. */
  readonly mtu: number;
  /** Where it arrives, when it does. */
  readonly to?: NetnsId;
}
