/** One connection to another machine: a shell that answers calls one after the other, and further sessions beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Frame } from '../frames.ts';
import { type HelloFacts, parseHello } from '../picture/parse-hello.ts';
import { composeScript, endCall, type ScriptOptions } from '../remote/compose-script.ts';
import { createAnswerReader } from './answer-reader.ts';
import { makeControlFolder } from './control-folder.ts';
import { explainFailure } from './explain-failure.ts';
import { firstShell, masterArgv, nextShell, sessionArgv } from './master-argv.ts';
import type { SshAddress } from './ssh-address.ts';

export interface Line {
  readonly hello: HelloFacts;
  /** Rejects when the line is lost, or when it took longer than any answer may. */
  call(script: string): Promise<readonly Frame[]>;
  /** One more shell over the same connection; what is said to its standard input is its script. */
  startShell(): ChildProcess;
  /** Resolves with why, when the connection ends without having been closed. */
  readonly lost: Promise<string>;
  close(): void;
}

export interface LineOptions extends Omit<ScriptOptions, 'token'> {
  readonly address: SshAddress;
  /** Whether ssh may ask its user on the terminal. */
  readonly mayAsk: boolean;
  /** Said at once with the hello; its answer is that of the first call of the same text. */
  readonly firstCall: string;
}

/** A daemon that hangs is waited for within the script; longer than this nothing there works any more. */
const callMs = 120_000;
/** Only the end of what ssh says tells why it ended. */
const saidLength = 4096;

interface Waiting {
  readonly resolve: (frames: readonly Frame[]) => void;
  readonly reject: (error: Error) => void;
}

/** Rejects with one line for the user. */
export const openLine = async (options: LineOptions): Promise<Line> => {
  const { address, mayAsk, firstCall } = options;
  const token = `vs${randomBytes(12).toString('hex')}`;
  const folder = makeControlFolder();
  const [program = '', ...args] = masterArgv(address, { socket: folder.socket, mayAsk }, firstShell);
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Questions go to the terminal, which only a process of its session can open; later the screen has it.
    detached: !mayAsk,
  });
  const waiting: Waiting[] = [];
  const shells = new Set<ChildProcess>();
  const reader = createAnswerReader(token);
  let said = '';
  let closed = false;
  const cleanUp = (): void => {
    for (const shell of shells) shell.kill('SIGTERM');
    child.kill('SIGTERM');
    folder.remove();
  };
  process.once('exit', cleanUp);
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidLength);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      for (const frames of reader.push(chunk)) waiting.shift()?.resolve(frames);
    } catch {
      child.kill('SIGTERM');
    }
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === 'ENOENT'
          ? `${address.text}: there is no ssh on this machine (install openssh-client)`
          : `${address.text}: ${error.message}`,
      ),
    );
    child.on('close', (code) => resolve(explainFailure(address, said, code)));
  });
  void ended.then((why) => {
    process.off('exit', cleanUp);
    cleanUp();
    for (const one of waiting.splice(0)) one.reject(new Error(why));
  });
  const receive = (): Promise<readonly Frame[]> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  const withinTime = async (answer: Promise<readonly Frame[]>): Promise<readonly Frame[]> => {
    const timer = setTimeout(() => child.kill('SIGTERM'), callMs);
    return answer.finally(() => clearTimeout(timer));
  };
  const say = (script: string): void => void child.stdin.write(script);

  say(composeScript({ ...options, token }) + firstCall + endCall);
  const greeted = receive();
  let first: Promise<readonly Frame[]> | undefined = withinTime(receive());
  // Heard by whoever calls first; nobody may.
  first.catch(() => {});
  const hello = parseHello(await greeted);
  if (hello === undefined) {
    cleanUp();
    throw new Error(
      `${address.text}: what answers there is no POSIX shell with /proc (vethscope looks at Linux hosts)`,
    );
  }
  const shell = nextShell(hello.viaSudo ? 'sudo' : hello.facts.uid === 0 ? 'root' : 'no');
  return {
    hello,
    call: (script) => {
      if (first !== undefined && script === firstCall) {
        const answer = first;
        first = undefined;
        return answer;
      }
      const answer = withinTime(receive());
      say(script + endCall);
      return answer;
    },
    startShell: () => {
      const [ssh = '', ...words] = sessionArgv(address, folder.socket, shell);
      const session = spawn(ssh, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
      shells.add(session);
      session.stdin.on('error', () => {});
      session.on('error', () => {});
      session.on('close', () => shells.delete(session));
      return session;
    },
    lost: new Promise((resolve) => {
      void ended.then((why) => {
        if (!closed) resolve(why);
      });
    }),
    close: () => {
      closed = true;
      child.stdin.end();
      cleanUp();
    },
  };
};
