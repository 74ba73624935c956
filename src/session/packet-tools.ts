/** What makes packets readable, loaded when the first packet is looked at. */
import type { createAnalysis } from '../capture/create-analysis.ts';
import type { decodePacket } from '../capture/decode/decode-packet.ts';
import type { nameAddresses } from '../capture/name-addresses.ts';

export interface PacketTools {
  readonly decodePacket: typeof decodePacket;
  /** Packets matched across points, flows, losses, display filter: see `CaptureAnalysis`. */
  readonly createAnalysis: typeof createAnalysis;
  /** Names to show in place of addresses. */
  readonly nameAddresses: typeof nameAddresses;
}

export const loadPacketTools = async (): Promise<PacketTools> => {
  const [decode, analysis, names] = await Promise.all([
    import('../capture/decode/decode-packet.ts'),
    import('../capture/create-analysis.ts'),
    import('../capture/name-addresses.ts'),
  ]);
  return {
    decodePacket: decode.decodePacket,
    createAnalysis: analysis.createAnalysis,
    nameAddresses: names.nameAddresses,
  };
};
