/** `vethscope plumb`: wires something, with the preview, journal and undo of `fix`. */
import type { PlumbingAction, PlumbingQuestion } from '../session.ts';
import { parseAddress, parsePrefix } from '../std/ip-address.ts';
import type { CommandInput, RunCommand } from './command.ts';
import { runChange } from './run-fix.ts';
import { usageError } from './usage-error.ts';

const isAddress = (text: string): boolean => parseAddress(text) !== undefined;

const isSubnet = (text: string): boolean => text.includes('/') && parsePrefix(text) !== undefined;

/** What goes into an argv is what it is meant to be. */
const forms: Readonly<Record<string, { readonly fits: (text: string) => boolean; readonly example: string }>> = {
  address: { fits: (text) => isSubnet(text) || isAddress(text), example: '192.0.2.7/24' },
  gateway: { fits: isAddress, example: '192.0.2.1' },
  vlan: { fits: (text) => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 4094, example: '20' },
  mac: { fits: (text) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text), example: '02:00:00:00:00:01' },
  ifname: {
    fits: (text) => /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,14}$/.test(text) && !/^\.{1,2}$/.test(text),
    example: 'eth1',
  },
  source: { fits: (text) => isSubnet(text) || isAddress(text), example: '198.51.100.0/24' },
  subnet: { fits: isSubnet, example: '172.30.0.0/16' },
  size: { fits: (text) => /^\d{2,5}$/.test(text) && Number(text) >= 68 && Number(text) <= 65535, example: '1450' },
};

const check = (name: string, what: string, text: string | undefined): void => {
  const form = forms[name];
  if (text === undefined || form?.fits(text) !== true)
    throw usageError(`${what} ${text ?? ''}: is not right (write it like ${form?.example})`);
};

/** Words after the action, and what each must be; a name is looked up and needs no form. */
const wordsOf: Readonly<Record<PlumbingAction, readonly string[]>> = {
  attach: ['name', 'name'],
  plug: ['name', 'name'],
  remove: ['name'],
  shim: ['name'],
  allow: ['name'],
  block: ['name'],
  route: ['subnet', 'gateway'],
  mss: ['name'],
  mtu: ['name', 'size'],
};

const questionOf = ({ words, values }: CommandInput): PlumbingQuestion => {
  const [action, ...rest] = words as [PlumbingAction, ...string[]];
  const wanted = wordsOf[action];
  if (rest.length !== wanted.length)
    throw usageError(
      `plumb ${action}: takes ${wanted.length} ${wanted.length === 1 ? 'word' : 'words'} (\`vethscope plumb --help\` shows which)`,
    );
  for (const [at, name] of wanted.entries()) if (name !== 'name') check(name, `plumb ${action}:`, rest[at]);
  const options: Record<string, string> = {};
  for (const [name, [value]] of values) {
    if (forms[name] === undefined || value === undefined) continue;
    check(name, `--${name}`, value);
    options[name] = value;
  }
  return { action, words: rest, options };
};

export const runPlumb: RunCommand = async (input) => runChange(input, 'plumb', questionOf(input));
