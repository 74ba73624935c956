/** All that is said to the other machine's shell at the beginning: functions, then one call for the first picture. */
import { basicsScript, helloScript } from './basics-script.ts';
import { discoverScript } from './discover-script.ts';
import { engineScript } from './engine-script.ts';
import { ovsScript } from './ovs-script.ts';
import { insideScript, pictureScript } from './picture-script.ts';
import { type SysctlNames, visitScript } from './visit-script.ts';

export interface ScriptOptions {
  /** The word frames begin with: hexadecimal, unforeseeable. */
  readonly token: string;
  readonly tools: readonly string[];
  readonly sysctls: SysctlNames;
}

/** Any text as one word of a POSIX shell. */
export const quoteForShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Ends by saying who is there. What follows are calls, one a line, each ended by an `end` frame. */
export const composeScript = ({ token, tools, sysctls }: ScriptOptions): string =>
  [
    `T=${token}`,
    basicsScript,
    helloScript(tools),
    discoverScript,
    `VISIT=${quoteForShell(visitScript(sysctls))}`,
    `INSIDE=${quoteForShell(insideScript)}`,
    `ENGINES=${quoteForShell(engineScript)}`,
    'eval "$VISIT$INSIDE$ENGINES"',
    pictureScript,
    ovsScript,
    'hello </dev/null 2>/dev/null',
    '',
  ].join('\n');

/** Which netns there are, and what is in some of them (inodes; none: in all). */
export const pictureCall = (inodes: readonly number[]): string =>
  `picture ${quoteForShell(inodes.join(' '))} all '' </dev/null 2>/dev/null\n`;

/** The first picture: how everything is wired, and the engines. */
export const wiringCall = "picture '' wiring engines </dev/null 2>/dev/null\n";

/** Switches, sockets and rules of the namespaces that the wiring was read of. */
export const restCall = "ONLY=; look rest '' </dev/null 2>/dev/null\n";

export const enginesCall = (only?: {
  readonly socket: string;
  readonly containers: readonly string[];
  readonly networks: readonly string[];
}): string => {
  const words = only === undefined ? [] : [only.socket, ...only.containers, '-', ...only.networks];
  return `engines ${words.map(quoteForShell).join(' ')} </dev/null 2>/dev/null\n`;
};

export const filesCall = 'files </dev/null 2>/dev/null\n';
export const endCall = 'f end\n';
