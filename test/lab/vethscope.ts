/** Asks the built program inside a lab host, as a user there would. */
import { fileURLToPath } from 'node:url';
import type { LabHost } from './lab-host.ts';
import type { RunOptions } from './run-in.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The Node of the project's own dependencies and the program that `npm run build` made. */
export const PROGRAM: readonly string[] = [`${PROJECT}node_modules/node/bin/node`, `${PROJECT}bin/vethscope`];

export interface Answered<Document> {
  readonly code: number;
  readonly document: Document;
  readonly stderr: string;
}

/** `vethscope … --json`. Rejects when what comes is no JSON. */
export const askJson = async <Document>(
  host: LabHost,
  args: readonly string[],
  options: RunOptions & { readonly as?: readonly string[] } = {},
): Promise<Answered<Document>> => {
  const argv = [...(options.as ?? []), ...PROGRAM, ...args, '--json'];
  const { code, stdout, stderr } = await host.run(argv, { ...options, mayFail: true });
  try {
    return { code, document: JSON.parse(stdout) as Document, stderr };
  } catch {
    throw new Error(`${args.join(' ')}: exit ${code}, no JSON: ${stdout.slice(0, 200)} ${stderr.slice(0, 500)}`);
  }
};
