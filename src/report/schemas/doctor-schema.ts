/** `vethscope.doctor/1`: what is wrong, why, and what would mend it. */
import { z } from 'zod';
import { head } from './shared-shapes.ts';

const argv = z.array(z.string()).describe('to be run on the host itself, without a shell');

export const remedyEntry = z.object({
  n: z.number().describe('1-based; what `fix --remedy` names'),
  title: z.string(),
  changes: z.string(),
  scope: z.enum(['link', 'container', 'network', 'host']),
  risk: z.string().describe('who is interrupted'),
  riskLevel: z.enum(['none', 'low', 'medium', 'high']),
  cutsConnection: z.boolean().describe('could cut the connection the operator works over'),
  persistence: z.string().describe('until when it lasts, and what makes it stay'),
  commands: z.array(argv),
  undo: z.array(argv),
  automatic: z.boolean().describe('`fix` may apply it; otherwise it is for the operator to run'),
  steps: z.array(z.string()).describe('what commands alone cannot do'),
});

const severity = z.enum(['error', 'warning', 'info', 'security']);

export const findingEntry = z.object({
  id: z.string(),
  check: z.string(),
  severity,
  subject: z.string(),
  title: z.string(),
  why: z.string(),
  evidence: z.array(z.object({ fact: z.string(), source: z.string() })),
  remedies: z.array(remedyEntry),
  hides: z.exactOptional(z.array(z.string())).describe('ids of findings that only follow from this one'),
  references: z.array(z.string()),
});

export const doctorSchema = z.object({
  schema: z.literal('vethscope.doctor/1'),
  ...head,
  connection: z
    .exactOptional(z.object({ from: z.string(), to: z.string(), outcome: z.string(), explanation: z.string() }))
    .describe('the connection asked about, as traced'),
  findings: z.array(findingEntry).describe('root causes first'),
  folded: z.array(findingEntry).describe('what only follows from them'),
});

export type RemedyEntry = z.infer<typeof remedyEntry>;
export type FindingEntry = z.infer<typeof findingEntry>;
