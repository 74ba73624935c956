/** Runs a script in a session of its own and waits for its end. */
import type { Line } from '../line/open-line.ts';
import { isRefusedSession, refusedSessionText } from '../line/refused-session.ts';

export interface OverLine {
  /** 255: the line was lost before it had ended. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const limits = { timeoutMs: 60_000, maxBytes: 16 * 1024 * 1024 } as const;
/** Exit code 255 is ssh's own as well: the script's end says which it is. */
const mark = 'vethscope-exit';

/** `script` ends with the command whose exit code counts. */
export const runOverLine = (line: Line, script: string): Promise<OverLine> =>
  new Promise((resolve) => {
    const session = line.startShell();
    const texts = { stdout: '', stderr: '' };
    const timer = setTimeout(() => session.kill('SIGTERM'), limits.timeoutMs);
    for (const name of ['stdout', 'stderr'] as const)
      session[name]?.setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
        if (texts[name].length > limits.maxBytes) session.kill('SIGTERM');
      });
    session.on('close', () => {
      clearTimeout(timer);
      const [whole, code] = new RegExp(`${mark} (\\d+)\\n$`).exec(texts.stderr) ?? [];
      const why = isRefusedSession(texts.stderr) ? refusedSessionText : 'the line was lost, or it did not end in time';
      if (whole === undefined) resolve({ exitCode: 255, stdout: texts.stdout, stderr: why });
      else resolve({ exitCode: Number(code), stdout: texts.stdout, stderr: texts.stderr.slice(0, -whole.length) });
    });
    session.stdin?.end(`${script}printf '%s %s\\n' ${mark} $? >&2\n`);
  });
