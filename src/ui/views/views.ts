/** Every view, in the order of the tabs. */
import type { ViewId } from '../state/ui-state.ts';
import { containersView } from './containers-view.ts';
import { findingsView } from './findings-view.ts';
import { journalView } from './journal-view.ts';
import { linksView } from './links-view.ts';
import { logView } from './log-view.ts';
import { mapView } from './map-view.ts';
import { matrixView } from './matrix-view.ts';
import { netnsView } from './netns-view.ts';
import { networksView } from './networks-view.ts';
import { overviewView } from './overview-view.ts';
import { packetsView } from './packets-view.ts';
import { poolsView } from './pools-view.ts';
import { portsView } from './ports-view.ts';
import { routesView } from './routes-view.ts';
import { rulesView } from './rules-view.ts';
import { traceView } from './trace-view.ts';
import type { View } from './view.ts';
import { watchView } from './watch-view.ts';
import { xrayView } from './xray-view.ts';

export const views: Readonly<Record<ViewId, View>> = {
  overview: overviewView,
  containers: containersView,
  networks: networksView,
  map: mapView,
  ports: portsView,
  rules: rulesView,
  findings: findingsView,
  trace: traceView,
  netns: netnsView,
  links: linksView,
  routes: routesView,
  pools: poolsView,
  xray: xrayView,
  matrix: matrixView,
  journal: journalView,
  watch: watchView,
  packets: packetsView,
  log: logView,
};

export const allViews: readonly View[] = Object.values(views);
