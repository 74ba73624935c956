/** Changes as documents. */

import type { Finding, Remedy } from '../../diagnose/finding.ts';
import type { Change } from '../../fix/change.ts';
import type { Graph } from '../../graph/graph.ts';
import { findingEntry, remedyEntry } from '../doctor/doctor-document.ts';
import { makeHead } from '../document.ts';

export const fixDocument = (
  graph: Graph,
  change: Change,
  preview?: { readonly finding: Finding; readonly remedy: Remedy },
) => ({
  ...makeHead('fix', graph),
  change,
  ...(preview === undefined
    ? {}
    : { finding: findingEntry(graph, preview.finding), remedy: remedyEntry(graph, preview.remedy) }),
});

export const changeDocument = (name: 'undo' | 'confirm', graph: Graph, change: Change) => ({
  ...makeHead(name, graph),
  change,
});

export const journalDocument = (
  graph: Graph,
  journal: {
    readonly changes: readonly Change[];
    readonly damaged: number;
    readonly folder: string;
  },
) => ({ ...makeHead('journal', graph), ...journal });
