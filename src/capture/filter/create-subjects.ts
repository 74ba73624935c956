/** A matched row as a display filter sees it. */
import type { SeenPoint } from '../capture-point.ts';
import { flagsOf } from '../decode/decode-tcp.ts';
import type { DecodedPacket, PacketSummary } from '../decode/layers.ts';
import type { Headers } from '../decode/read-headers.ts';
import type { MatchedRow, Sighting } from '../match/sighting.ts';
import type { FilterSubject } from './filter-subject.ts';
import { summaryText } from './summary-text.ts';

export interface SubjectSource {
  points(): readonly SeenPoint[];
  describe(row: MatchedRow): PacketSummary;
  decode(sighting: Sighting): DecodedPacket;
  headers(sighting: Sighting): Headers;
  nameOf(address: string): string | undefined;
  /** Names are shown in place of addresses. */
  readonly names: boolean;
}

export const createSubjects =
  ({ points, describe, decode, headers, nameOf, names }: SubjectSource): ((row: MatchedRow) => FilterSubject) =>
  (row) => {
    const first = row.sightings[0]!;
    const { length, family, vlan, flags } = headers(first);
    return {
      tuples: row.sightings.map(({ tuple }) => tuple),
      points: row.sightings.map(({ point }) => points()[point]?.name ?? ''),
      length,
      family,
      ...(vlan >= 0 && { vlan }),
      flow: row.flow,
      state: row.state.kind,
      ...(row.direction !== undefined && { direction: row.direction }),
      marks: row.notes?.marks ?? [],
      changes: row.sightings.flatMap(({ changes }) => changes),
      tcpFlags: flags < 0 ? [] : flagsOf(flags),
      layers: () => row.sightings.flatMap((sighting) => decode(sighting).layers.map(({ kind }) => kind)),
      text: () => summaryText(describe(row), names ? nameOf : () => undefined),
      nameOf,
    };
  };
