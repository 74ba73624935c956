/** What a user may say to have something wired: actions, their words and options, and what each must look like. */
import { parseAddress, parsePrefix } from '../std/ip-address.ts';
import type { PlumbingAction, PlumbingQuestion } from './plumber.ts';

/** What a word stands for; what is looked up by name needs no form. */
export type PlumbingWord = 'container' | 'bridge' | 'link' | 'veth' | 'subnet' | 'gateway' | 'size';

export interface PlumbingForm {
  readonly words: readonly PlumbingWord[];
  readonly options: readonly string[];
  readonly help: string;
}

export const plumbingForms: Readonly<Record<PlumbingAction, PlumbingForm>> = {
  attach: {
    words: ['container', 'link'],
    options: ['address', 'gateway', 'vlan', 'mac', 'mtu', 'ifname'],
    help: 'give a container a link on a bridge (veth) or on a link of the host (macvlan)',
  },
  plug: { words: ['veth', 'bridge'], options: [], help: 'make a link a port of a bridge' },
  remove: { words: ['veth'], options: [], help: 'delete a veth nobody uses' },
  shim: { words: ['container'], options: ['address'], help: 'a macvlan of the host, to reach a macvlan container' },
  allow: { words: ['container'], options: ['source'], help: 'CONTAINER[:PORT]: let a source past DOCKER-USER' },
  block: { words: ['container'], options: ['source'], help: 'CONTAINER[:PORT]: stop a source in DOCKER-USER' },
  route: { words: ['subnet', 'gateway'], options: [], help: "to another host's container subnet" },
  mss: { words: ['link'], options: [], help: 'fit TCP segments that leave by a link to its MTU' },
  mtu: { words: ['link', 'size'], options: [], help: 'of a link, or CONTAINER/LINK and its other end' },
};

const isAddress = (text: string): boolean => parseAddress(text) !== undefined;

const isSubnet = (text: string): boolean => text.includes('/') && parsePrefix(text) !== undefined;

const isSize = (text: string): boolean => /^\d{2,5}$/.test(text) && Number(text) >= 68 && Number(text) <= 65535;

interface Form {
  readonly fits: (text: string) => boolean;
  readonly example: string;
}

/** What goes into an argv is what it is meant to be. */
const forms: Readonly<Record<string, Form>> = {
  address: { fits: (text) => isSubnet(text) || isAddress(text), example: '192.0.2.7/24' },
  gateway: { fits: isAddress, example: '192.0.2.1' },
  vlan: { fits: (text) => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 4094, example: '20' },
  // A group's address belongs to nobody (the first octet is odd).
  mac: { fits: (text) => /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i.test(text), example: '02:00:00:00:00:01' },
  mtu: { fits: isSize, example: '1450' },
  ifname: {
    fits: (text) => /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,14}$/.test(text) && !/^\.{1,2}$/.test(text),
    example: 'eth1',
  },
  source: { fits: (text) => isSubnet(text) || isAddress(text), example: '198.51.100.0/24' },
  subnet: { fits: isSubnet, example: '172.30.0.0/16' },
  size: { fits: isSize, example: '1450' },
};

/** undefined: it is right. */
const whyWrong = (name: string, what: string, text: string): string | undefined => {
  const form = forms[name];
  return form === undefined || form.fits(text)
    ? undefined
    : `${what} ${text}: is not right (write it like ${form.example})`;
};

const isAction = (word: string): word is PlumbingAction => Object.hasOwn(plumbingForms, word);

/** Without the dashes; options of no concern here are left out. */
export const parsePlumbing = (
  [action = '', ...words]: readonly string[],
  given: Readonly<Record<string, string>>,
): PlumbingQuestion | { readonly error: string } => {
  if (!isAction(action)) return { error: `${action}: is none of ${Object.keys(plumbingForms).join(', ')}` };
  const form = plumbingForms[action];
  if (words.length !== form.words.length)
    return { error: `plumb ${action}: takes ${form.words.map((word) => word.toUpperCase()).join(' ')}` };
  const options = Object.fromEntries(Object.entries(given).filter(([name]) => forms[name] !== undefined));
  const wrong = [
    ...form.words.map((name, at) => whyWrong(name, `plumb ${action}:`, words[at] ?? '')),
    ...Object.entries(options).map(([name, value]) =>
      form.options.includes(name)
        ? whyWrong(name, `--${name}`, value)
        : `--${name}: means nothing for plumb ${action}${form.options.length === 0 ? '' : ` (it takes ${form.options.map((one) => `--${one}`).join(', ')})`}`,
    ),
  ].find((why) => why !== undefined);
  return wrong === undefined ? { action, words, options } : { error: wrong };
};

/** As typed behind `:plumb`: `attach web br0 --address 192.0.2.7/24`, with or without the dashes. */
export const parsePlumbingLine = (line: string): PlumbingQuestion | { readonly error: string } => {
  const all = line.split(/\s+/).filter((word) => word !== '');
  const form = all[0] !== undefined && isAction(all[0]) ? plumbingForms[all[0]] : undefined;
  const named = all.slice(0, 1 + (form?.words.length ?? all.length));
  const rest = all.slice(named.length);
  const options: Record<string, string> = {};
  for (let at = 0; at < rest.length; at += 2) {
    const name = (rest[at] ?? '').replace(/^--/, '');
    const value = rest[at + 1];
    if (form?.options.includes(name) !== true || value === undefined)
      return {
        error: `${rest[at]}: ${value === undefined ? 'wants a value' : 'is no option here'}${form === undefined || form.options.length === 0 ? '' : ` (there are ${form.options.join(', ')})`}`,
      };
    options[name] = value;
  }
  return parsePlumbing(named, options);
};
