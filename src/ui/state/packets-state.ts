/** Packets on the screen: what is captured, what of it is shown, and whether the picture moves. */
import type { CaptureAnalysis } from '../../capture/analysis.ts';
import type { PacketTools } from '../../session/packet-tools.ts';
import type { CaptureQuestion, CaptureRefusal, CaptureState } from '../../session.ts';
import { goTo, openView } from './navigate.ts';
import { next, say } from './next.ts';
import { pointsOf } from './packet-points.ts';
import { selectItems } from './select-items.ts';
import { type Next, startPlace, type UiState } from './ui-state.ts';

export type PacketsTab = 'packets' | 'flows' | 'talkers' | 'losses';

export const packetTabs: readonly PacketsTab[] = ['packets', 'flows', 'talkers', 'losses'];

/** What the analysis held at one moment; it goes on changing, a picture does not. */
export interface PacketsPicture {
  readonly rows: ReturnType<CaptureAnalysis['rows']>;
  readonly flows: ReturnType<CaptureAnalysis['flows']>;
  readonly talkers: ReturnType<CaptureAnalysis['talkers']>;
  readonly losses: ReturnType<CaptureAnalysis['losses']>;
  readonly forgotten: number;
}

export interface PacketsState {
  /** A capture on this host, or a file that is read. */
  readonly question: CaptureQuestion | { readonly read: string };
  readonly tab: PacketsTab;
  /** Names of containers in place of addresses. */
  readonly names: boolean;
  /** The picture stands still; what comes is kept for later. */
  readonly paused: boolean;
  readonly refused?: CaptureRefusal;
  readonly capture?: CaptureState;
  readonly analysis?: CaptureAnalysis;
  readonly tools?: PacketTools;
  readonly picture?: PacketsPicture;
}

export const isCapturing = ({ packets }: UiState): boolean =>
  packets !== undefined && packets.refused === undefined && packets.capture?.end === undefined;

/** Begins anew; what was captured before is let go. */
export const askPackets = (state: UiState, question: PacketsState['question']): Next => {
  if (isCapturing(state))
    return next(say(openView(state, 'packets'), 'a capture is running: c, here, ends it', 'warn'));
  const { names } = state.packets ?? { names: true };
  const packets: PacketsState = { question, tab: 'packets', names, paused: false };
  const opened = goTo(state, startPlace('packets'));
  return next({ ...opened, packets }, { kind: 'start-capture', question });
};

export const captureReason = (state: UiState): true | string => {
  if (state.place.view === 'packets' && state.packets !== undefined) return true;
  if (!state.live) return 'this is a recording: nothing passes here (:capture FILE opens a file of packets)';
  const points = pointsOf(state);
  return 'why' in points ? points.why : true;
};

/** In the view it ends the capture, or begins the same again; elsewhere it captures at what is selected. */
export const toggleCapture = (state: UiState): Next => {
  if (state.place.view === 'packets' && state.packets !== undefined) {
    if (isCapturing(state)) return next(say(state, 'ending the capture …', 'dim'), { kind: 'stop-capture' });
    return askPackets(state, state.packets.question);
  }
  const points = pointsOf(state);
  return 'why' in points ? next(say(state, points.why, 'warn')) : askPackets(state, points);
};

export const inPackets = (state: UiState): true | string =>
  state.place.view === 'packets' && state.packets !== undefined ? true : 'only where packets are shown (c)';

export const changePackets = (state: UiState, change: (packets: PacketsState) => Partial<PacketsState>): UiState =>
  state.packets === undefined ? state : { ...state, packets: { ...state.packets, ...change(state.packets) } };

export const nextTab = (state: UiState): UiState => {
  const changed = changePackets(state, ({ tab }) => ({
    tab: packetTabs[(packetTabs.indexOf(tab) + 1) % packetTabs.length]!,
  }));
  return { ...changed, place: { ...startPlace('packets'), filter: state.place.filter } };
};

/** Where the cursor stands at the end it stays there: that is what following means. */
const followEnd = (before: UiState, after: UiState): UiState => {
  const { place } = before;
  if (place.view !== 'packets' || after.packets?.tab !== 'packets') return after;
  const { items } = selectItems(before);
  const last = items.findLastIndex((item) => item.selectable !== false);
  if (place.index < last && last >= 0) return after;
  const now = selectItems(after).items;
  const end = now.findLastIndex((item) => item.selectable !== false);
  const item = now[end];
  return item === undefined ? after : { ...after, place: { ...place, index: end, selected: item.id } };
};

export const onPackets = (state: UiState, told: Partial<PacketsState>): UiState => {
  if (state.packets === undefined) return state;
  const { picture, ...rest } = told;
  const moves = picture !== undefined && !state.packets.paused;
  return followEnd(
    state,
    changePackets(state, () => ({ ...rest, ...(moves ? { picture } : {}) })),
  );
};
