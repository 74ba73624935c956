import { expect, test } from 'vitest';
import { compileCondition } from '../../../src/netfilter/evaluate/compile-condition.ts';
import { headerCondition } from '../../../src/netfilter/evaluate/header-condition.ts';
import { viewOf } from '../../../src/netfilter/evaluate/view.ts';
import { pieceStatements } from '../../../src/netfilter/iptables/rule-pieces.ts';
import { around, syn } from '../sample-packets.ts';

const env = { sets: new Map(), ipsets: new Map(), iptables: true, bridgeFamily: false };
const { in: _in, out: _out, ...linkless } = syn();
const packets = [
  syn(),
  linkless,
  syn({ src: '0.0.0.0', dst: '255.255.255.255', in: 'eth0', out: 'docker0' }),
  syn({ src: '172.18.0.1', dst: '10.0.0.0', in: 'docker00' }),
].map((packet) => viewOf(packet, around()));

const pieces = [
  '-i docker0',
  '-i eth0',
  '-o docker0',
  '-o eth0',
  '-s 172.17.0.2/32',
  '-s 172.17.0.2',
  '-s 172.16.0.0/12',
  '-s 172.17.9.9/16',
  '-d 0.0.0.0/0',
  '-d 255.255.255.255/32',
  '-d 10.0.0.0/31',
  '-d 10.0.0.1/8',
  '-d 128.0.0.0/1',
].flatMap((piece) => [` ${piece}`, ` ! ${piece}`]); // prettier-ignore

test.each(pieces)('%s is the same short and in general', (piece) => {
  const short = headerCondition(piece);
  const [statement] = pieceStatements(piece, { family: 'ip', isChain: () => false })!;
  const general = compileCondition(statement!, env);
  expect(packets.map((view) => short?.(view))).toEqual(packets.map((view) => general?.(view)));
});

test.each([
  ' -i eth+',
  ' -i eth*',
  ' -i !',
  ' -s 10.0.0.0/255.0.0.0',
  ' -s 10.0.0.1,10.0.0.2',
  ' -s fd00::1',
  ' -s 10.0.0',
  ' -s 300.0.0.1',
  ' -p tcp',
  ' -m tcp --dport 80',
])('%s is left to the general way', (piece) => {
  expect(headerCondition(piece)).toBeUndefined();
});
