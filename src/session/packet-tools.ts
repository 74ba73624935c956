/** What makes packets readable, loaded when the first packet is looked at. */
import type { createAnalysis } from '../capture/create-analysis.ts';
import type { decodePacket } from '../capture/decode/decode-packet.ts';
import type { detailLines, hexLines } from '../capture/decode/detail-lines.ts';
import type { nameAddresses } from '../capture/name-addresses.ts';

export interface PacketTools {
  readonly decodePacket: typeof decodePacket;
  /** All layers of one packet, field by field; its bytes. */
  readonly detailLines: typeof detailLines;
  readonly hexLines: typeof hexLines;
  /** Packets matched across points, flows, losses, display filter: see `CaptureAnalysis`. */
  readonly createAnalysis: typeof createAnalysis;
  /** Names to show in place of addresses. */
  readonly nameAddresses: typeof nameAddresses;
}

export const loadPacketTools = async (): Promise<PacketTools> => {
  const [decode, detail, analysis, names] = await Promise.all([
    import('../capture/decode/decode-packet.ts'),
    import('../capture/decode/detail-lines.ts'),
    import('../capture/create-analysis.ts'),
    import('../capture/name-addresses.ts'),
  ]);
  return {
    decodePacket: decode.decodePacket,
    detailLines: detail.detailLines,
    hexLines: detail.hexLines,
    createAnalysis: analysis.createAnalysis,
    nameAddresses: names.nameAddresses,
  };
};
