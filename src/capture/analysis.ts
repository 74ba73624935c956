/** What a capture comes to while it runs: each packet once, matched across points, its words, its flows; what screens and commands ask. */
import type { Trace } from '../trace/trace.ts';
import type { CaptureNews } from './capture-question.ts';
import type { DecodedPacket, PacketSummary } from './decode/layers.ts';
import type { FilterError } from './filter/filter-subject.ts';
import type { FlowEntry, Talker } from './flows/flow-entry.ts';
import type { LossGroup } from './match/loss-group.ts';
import type { MatchedRow, MatcherOptions, Sighting } from './match/sighting.ts';
import type { FlowSighting } from './match/sum-sightings.ts';

export interface AnalysisOptions extends Pick<MatcherOptions, 'wait' | 'window' | 'rowLimit' | 'byteLimit'> {
  /** The path the points were chosen from. */
  readonly trace?: Trace;
  /** The name to show for an address; undefined: the address itself. */
  readonly nameOf?: (address: string) => string | undefined;
}

export interface CaptureAnalysis {
  /** Everything a running capture tells. `now`: nanoseconds since 1970; leave it out for a file. */
  feed(news: CaptureNews, now?: bigint): void;
  /** Works through what was fed and decides who is lost; as often as a screen is drawn. `'end'`: nothing more comes. */
  settle(now: bigint | 'end'): void;
  /** In order of time; the same array until something changes, the same row object until it changes. */
  rows(): readonly MatchedRow[];
  /** Rows that had to go for want of room. */
  forgotten(): number;
  /** Its one line; worked out once for each state of a row. */
  describe(row: MatchedRow): PacketSummary;
  /** The same as plain text: `web:51000 → db:5432 TCP [S] seq 0 …`. */
  text(row: MatchedRow, names: boolean): string;
  /** All layers of the packet as it was at that sighting. */
  decode(sighting: Sighting): DecodedPacket;
  /** Compiles a display filter. `names`: whether names are shown in place of addresses (free text is looked for in what is shown). */
  filter(text: string, options?: { readonly names: boolean }): ((row: MatchedRow) => boolean) | FilterError;
  nameOf(address: string): string | undefined;
  flows(now: bigint): readonly FlowEntry[];
  talkers(now: bigint): readonly Talker[];
  /** Where packets vanished, most packets first. */
  losses(): readonly LossGroup[];
  /** Packets of each connection at each point, of the rows still kept. */
  sightings(): readonly FlowSighting[];
}
