/** `vethscope.fix/1`, `undo/1`, `confirm/1`, `journal/1`: changes made to the host, and what became of them. */
import { z } from 'zod';
import { findingEntry, remedyEntry } from './doctor-schema.ts';
import { head } from './shared-shapes.ts';

const argv = z.array(z.string()).describe('run on the host itself, without a shell');

const touched = z.object({
  what: z.string().describe('what the change touches'),
  text: z.string().describe('how it stood, without counters and timers'),
});

export const changeEntry = z.object({
  id: z.exactOptional(z.string()).describe('absent when nothing was changed'),
  finding: z.string(),
  title: z.string(),
  state: z.enum([
    'previewed',
    'applied',
    'awaiting-confirmation',
    'verified',
    'rolled-back',
    'undone',
    'failed',
    'interrupted',
  ]),
  detail: z.exactOptional(z.string()),
  commands: z.array(argv),
  undo: z.array(argv),
  before: z.array(touched),
  after: z.array(touched),
  findingGone: z.boolean(),
  traceAgrees: z.exactOptional(z.boolean()).describe('the connection named is traced as delivered'),
  at: z.exactOptional(z.string()).describe('ISO 8601, UTC'),
  confirmBefore: z.exactOptional(z.string()).describe('ISO 8601, UTC: taken back then'),
});

export const fixSchema = z.object({
  schema: z.literal('vethscope.fix/1'),
  ...head,
  change: changeEntry,
  finding: z.exactOptional(findingEntry).describe('in a preview'),
  remedy: z.exactOptional(remedyEntry).describe('in a preview'),
});

export const undoSchema = z.object({ schema: z.literal('vethscope.undo/1'), ...head, change: changeEntry });
export const confirmSchema = z.object({ schema: z.literal('vethscope.confirm/1'), ...head, change: changeEntry });
export const journalSchema = z.object({
  schema: z.literal('vethscope.journal/1'),
  ...head,
  folder: z.exactOptional(z.string()),
  damaged: z.number().describe('lines of the journal that could not be read'),
  changes: z.array(changeEntry).describe('oldest first'),
});
