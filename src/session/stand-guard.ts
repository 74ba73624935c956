/** The process that takes a change back unless it is confirmed in time: it outlives terminal and vethscope. */

import { isOpen } from '../fix/journal/entry.ts';
import { openJournal } from '../fix/journal/open-journal.ts';
import { revertUnlessConfirmed } from '../fix/undo-change.ts';
import type { Host } from '../host/host.ts';

/** How often it looks whether it is still needed. */
const lookMs = 1000;

/** Resolves when the change is kept or taken back. `hurry`: do not wait any longer. */
export async function standGuard(id: string, openHost: () => Promise<Host>, hurry: AbortSignal): Promise<void> {
  const journal = openJournal();
  const find = async () => (await journal.read()).entries.find((one) => one.id === id);
  const seconds = (await find())?.planned.confirmWithin;
  if (seconds === undefined) return;
  const until = performance.now() + seconds * 1000;
  await journal.write(id, { what: 'armed', until: new Date(Date.now() + seconds * 1000).toISOString() });
  while (performance.now() < until && !hurry.aborted) {
    const entry = await find();
    if (entry === undefined || !isOpen(entry)) return;
    await sleep(Math.min(lookMs, until - performance.now()), hurry);
  }
  const host = await openHost();
  try {
    // A host runs commands only in netns it has seen.
    await host.ask({ about: 'netns', parts: [] });
    await revertUnlessConfirmed(host, journal, id);
  } finally {
    await host.close();
  }
}

const sleep = (ms: number, hurry: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms));
    hurry.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
