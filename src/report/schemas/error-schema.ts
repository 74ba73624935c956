/** `vethscope.error/1`: what --json prints instead of an answer. */
import { z } from 'zod';

export const errorSchema = z.object({
  schema: z.literal('vethscope.error/1'),
  command: z.exactOptional(z.string()).describe('absent when none was understood'),
  exitCode: z.number().describe("the process's: 1 not found, 2 wrong usage, 3 cannot tell, 4 refused"),
  error: z.string().describe('the line on stderr: what, why, and how to go on'),
  gaps: z.array(z.never()),
});
