/** Everything the screen depends on: one value, replaced by the reducer, never edited. */

import type { ProbeChoice } from '../../diagnose/probe-questions.ts';
import type { Located } from '../../graph/locate.ts';
import type { ProbeAnswer } from '../../session/prober.ts';
import type {
  Diagnosis,
  Finding,
  FixPreview,
  FixQuestion,
  Graph,
  ProofAnswer,
  Session,
  SessionState,
  TraceQuestion,
  WatchAccount,
  WatchPlan,
  WatchQuestion,
  WatchRefusal,
} from '../../session.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Tone } from '../format/line.ts';
import type { Theme } from '../format/theme.ts';
import type { Ref } from '../ref.ts';
import type { CountState } from './count-actions.ts';
import type { MatrixState } from './matrix.ts';
import type { MendAnswer, MendState } from './mend-state.ts';
import type { PacketsState } from './packets-state.ts';
import type { ProbeState } from './probe-actions.ts';
import type { WatchState } from './watch-actions.ts';

/** One line of the command log. */
export type Asked = ReturnType<Session['commandLog']>[number];

export type ViewId =
  | 'overview'
  | 'containers'
  | 'networks'
  | 'map'
  | 'xray'
  | 'ports'
  | 'rules'
  | 'findings'
  | 'trace'
  | 'netns'
  | 'links'
  | 'routes'
  | 'pools'
  | 'matrix'
  | 'journal'
  | 'watch'
  | 'packets'
  | 'log';

/** `error`: why it could not be read. */
export type Journal = Awaited<ReturnType<Session['journal']>> & { readonly error?: string };

/** Where one is in one view. */
export interface Place {
  readonly view: ViewId;
  /** Id of the item under the cursor; the cursor follows it when rows move. */
  readonly selected?: string;
  /** Its last known position: where the cursor stays when the item is gone. */
  readonly index: number;
  readonly top: number;
  /** The column of the matrix under the cursor. */
  readonly column: number;
  /** Cells scrolled sideways. */
  readonly left: number;
  readonly filter: string;
  readonly faultsOnly: boolean;
  readonly sort?: { readonly column: string; readonly descending: boolean };
  /** What the x-ray tree or a rules list is about; absent: everything. */
  readonly root?: Ref;
  /** Ids of tree items that were toggled away from how they start. */
  readonly toggled: ReadonlySet<string>;
}

export type Prompt =
  | { readonly kind: 'filter'; readonly text: string; readonly before: string }
  | { readonly kind: 'command'; readonly text: string; readonly index: number }
  | {
      readonly kind: 'palette';
      readonly purpose: 'jump' | 'from' | 'to';
      readonly text: string;
      readonly index: number;
    };

export interface TraceState {
  readonly from?: string;
  readonly to?: string;
  readonly without: readonly string[];
  readonly withSysctl: Readonly<Record<string, string>>;
  readonly answer?: Trace | { readonly error: string };
  /** A proof with a real packet: under way, or what came of it. */
  readonly live?: { readonly progress: string } | { readonly proof: ProofAnswer };
}

export interface UiState {
  readonly columns: number;
  readonly rows: number;
  readonly theme: Theme;
  readonly session: SessionState;
  readonly live: boolean;
  readonly readOnly: boolean;
  readonly log: readonly Asked[];
  readonly place: Place;
  /** Where one was in the other views. */
  readonly places: Readonly<Partial<Record<ViewId, Place>>>;
  readonly past: readonly Place[];
  readonly future: readonly Place[];
  readonly focus: 'list' | 'detail';
  readonly detailIndex: number;
  readonly detailTop: number;
  readonly zoom: 'both' | 'list' | 'detail';
  readonly prompt?: Prompt;
  readonly help: boolean;
  readonly helpTop: number;
  readonly mouse: boolean;
  readonly message?: { readonly text: string; readonly tone: Tone };
  readonly trace: TraceState;
  /** What was found wrong, and in which graph: the last answer stays until the next one comes. */
  readonly diagnosed?: { readonly graph: Graph; readonly diagnosis: Diagnosis };
  /** Connections that were tried for real, or are being tried. */
  readonly probe?: ProbeState;
  /** What went wrong between two pictures, or since the first. */
  readonly count?: CountState;
  /** A remedy, an undo or packets to be sent: on the screen in place of the view until it was decided on. */
  readonly mend?: MendState;
  readonly matrix?: MatrixState;
  /** The kernel's own account: planned, running or over. */
  readonly watch?: WatchState;
  /** Packets that are captured, or were. */
  readonly packets?: PacketsState;
  /** Read when it is first wanted. */
  readonly journal?: Journal;
  /** Fuzzy ranking, once it is loaded; until then the palette finds substrings. */
  readonly rank?: Rank;
}

/** Positions of `texts` that fit `word`, best first. */
export type Rank = (word: string, texts: readonly string[]) => readonly number[];

/** What the reducer may ask; answers are pure functions of the current graph. */
export interface Services {
  trace(question: TraceQuestion): Trace | { readonly error: string };
  locate(words: readonly string[]): readonly Located[];
}

/** What the shell around the reducer has to do. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'mouse'; readonly on: boolean }
  | { readonly kind: 'load-rank' }
  | { readonly kind: 'record'; readonly path: string }
  | { readonly kind: 'preview-fix'; readonly question: FixQuestion }
  | { readonly kind: 'apply-fix'; readonly question: FixQuestion }
  | { readonly kind: 'undo'; readonly id: string }
  | { readonly kind: 'confirm'; readonly id: string }
  | { readonly kind: 'prove'; readonly question: TraceQuestion }
  | { readonly kind: 'plan-probe' }
  | { readonly kind: 'probe'; readonly choice: ProbeChoice }
  | { readonly kind: 'stop-probe' }
  | { readonly kind: 'begin-count' }
  | { readonly kind: 'end-count'; readonly since: Graph }
  | { readonly kind: 'plan-watch'; readonly question: WatchQuestion }
  | { readonly kind: 'start-watch'; readonly question: WatchQuestion }
  | { readonly kind: 'stop-watch' }
  | { readonly kind: 'start-capture'; readonly question: PacketsState['question'] }
  | { readonly kind: 'stop-capture' };

export interface Next {
  readonly state: UiState;
  readonly effects: readonly Effect[];
}

export type UiEvent =
  | { readonly kind: 'key'; readonly key: string; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'wheel'; readonly lines: number }
  | { readonly kind: 'click'; readonly column: number; readonly row: number }
  | { readonly kind: 'session'; readonly session: SessionState; readonly log: readonly Asked[] }
  | { readonly kind: 'diagnosis'; readonly graph: Graph; readonly diagnosis: Diagnosis }
  | {
      readonly kind: 'fix-preview';
      readonly question: FixQuestion;
      readonly answer: FixPreview | { readonly error: string };
    }
  | { readonly kind: 'mend-progress'; readonly what: string }
  | { readonly kind: 'mended'; readonly answer: MendAnswer }
  | { readonly kind: 'journal'; readonly journal: Journal }
  | { readonly kind: 'proof-progress'; readonly what: string }
  | { readonly kind: 'proved'; readonly question: TraceQuestion; readonly proof: ProofAnswer }
  | { readonly kind: 'probe-plan'; readonly choice: ProbeChoice }
  | { readonly kind: 'probe-progress'; readonly progress: string; readonly sent: number }
  | { readonly kind: 'probed'; readonly answer: ProbeAnswer | { readonly error: string }; readonly at: string }
  | { readonly kind: 'counting'; readonly since: Graph; readonly at: string }
  | {
      readonly kind: 'counted';
      readonly answer: readonly Finding[] | { readonly error: string };
      readonly at: string;
    }
  | { readonly kind: 'watch-plan'; readonly question: WatchQuestion; readonly plan: WatchPlan | WatchRefusal }
  | { readonly kind: 'watch'; readonly account: WatchAccount }
  | { readonly kind: 'packets'; readonly packets: Partial<PacketsState> }
  | { readonly kind: 'matrix'; readonly matrix: MatrixState }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'rank'; readonly rank: Rank }
  | { readonly kind: 'message'; readonly text: string; readonly tone: Tone };

/** One for all: items are kept as long as what they depend on is the same value. */
const nothingToggled: ReadonlySet<string> = new Set();

export const startPlace = (view: ViewId): Place => ({
  view,
  index: 0,
  top: 0,
  left: 0,
  column: 0,
  filter: '',
  faultsOnly: false,
  toggled: nothingToggled,
});
