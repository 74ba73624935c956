/** Starts a lab host with an engine and a container, says so, and waits to be killed: what a killed test run looks like. */
import { startLabHost } from './lab-host.ts';
import { runId } from './run-id.ts';

const host = await startLabHost({ docker: true });
await host.docker('run', '-d', '--name', 'left-behind', 'box');
process.stdout.write(`${JSON.stringify({ pid: host.pid, runId })}\n`);
setInterval(() => {}, 60_000);
