/** Takes a captured packet apart, layer by layer, whatever its bytes are. */
import { decodeLink } from './decode-link.ts';
import type { Draft } from './draft.ts';
import type { DecodedPacket, PacketSummary } from './layers.ts';
import { summarizePacket } from './summarize-packet.ts';

/** `lengthOnLink`: bytes the frame had before a snap length cut it. Never throws. */
export const decodePacket = (
  bytes: Uint8Array,
  linkType: number,
  lengthOnLink: number = bytes.length,
): DecodedPacket => {
  const draft: Draft = { bytes, lengthOnLink, layers: [], depth: 0 };
  decodeLink(draft, linkType);
  let summary: PacketSummary | undefined;
  return {
    layers: draft.layers,
    ...(draft.cut !== undefined && { cut: draft.cut }),
    get summary() {
      summary ??= summarizePacket(draft.layers, draft.cut === undefined ? {} : { cut: draft.cut });
      return summary;
    },
  };
};
