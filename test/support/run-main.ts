/** Runs the program in this process with captured streams: the answer, the errors and the exit code of a command line. */
import { main } from '../../src/main.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export const runMain = async (argv: readonly string[], { isTTY = false, env = {} }: RunOptions = {}): Promise<Ran> => {
  let [stdout, stderr] = ['', ''];
  const code = await main(argv, {
    stdout: {
      isTTY,
      write: (text) => {
        stdout += text;
      },
    },
    stderr: {
      isTTY: false,
      write: (text) => {
        stderr += text;
      },
    },
    env: { LANG: 'C.UTF-8', ...env },
  });
  return { code, stdout, stderr };
};
