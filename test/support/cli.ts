/** The program as a process of its own, from the sources. */
import { runProcess } from '../../src/main.ts';

await runProcess();
