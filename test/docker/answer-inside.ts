/** Stays in a lab host and answers command lines of vethscope, one JSON array a line: saves each the start of a process. */
import { createInterface } from 'node:readline';
import { runMain } from '../support/run-main.ts';

for await (const line of createInterface({ input: process.stdin })) {
  const ran = await runMain(JSON.parse(line) as readonly string[]);
  process.stdout.write(`${JSON.stringify(ran)}\n`);
}
process.exit(0);
