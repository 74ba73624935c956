/** The lines that a script on the other machine says until it ends. */
import type { Line } from '../line/open-line.ts';

/** A line longer than this is none that we wait for. */
const longest = 1024 * 1024;

/** `ended` is called once, unless it was stopped. */
export const followLines = (
  line: Line,
  script: string,
  heard: (text: string) => void,
  ended: () => void,
): { readonly stop: () => void } => {
  const session = line.startShell();
  let rest = '';
  let stopped = false;
  session.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longest) rest = '';
    for (const one of lines) {
      if (one === 'ended') session.stdin?.end();
      else if (one !== '') heard(one);
    }
  });
  session.stderr?.resume();
  session.on('close', () => {
    if (!stopped) ended();
  });
  // Stays open: its end is what ends the child over there.
  session.stdin?.write(script);
  return {
    stop: () => {
      stopped = true;
      session.stdin?.end();
      session.kill('SIGTERM');
    },
  };
};
