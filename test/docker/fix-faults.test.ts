import { afterAll, expect } from 'vitest';
import type { Change } from '../../src/fix/change.ts';
import { INTERNET_ADDRESS } from '../lab/lan.ts';
import { allFaults } from '../scenarios/faults/all-faults.ts';
import type { Fault } from '../scenarios/faults/fault.ts';
import { findEngineRoot, missingNeed, type Suite } from '../support/needs.ts';
import { requires } from '../support/requires.ts';
import { type FaultHost, startFaultHost } from './fault-host.ts';

type Engine = 'own' | Suite;

interface Finding {
  readonly id: string;
  readonly severity: string;
}

interface Document {
  readonly findings: readonly Finding[];
  readonly change?: unknown;
}

/** Every fault once, on engines in turn; `VETHSCOPE_FAULTS=all`: every fault on each of these; or the names of some (`own,forky`). */
const asked = process.env['VETHSCOPE_FAULTS'] ?? '';
const pattern = new RegExp(process.env['VETHSCOPE_FAULT'] ?? '');
const inTurn: readonly Engine[] = ['own', 'forky'];
const chosen = asked === '' || asked === 'all' ? (['own', 'trixie', 'forky'] as const) : (asked.split(',') as Engine[]);

const isThere = (engine: Engine): boolean => engine === 'own' || missingNeed(`engine:${engine}`) === undefined;
const suits = ({ engines }: Fault, engine: Engine): boolean => engines?.includes(engine) !== false;

const enginesFor = (fault: Fault, index: number): readonly Engine[] => {
  if (asked !== '') return chosen.filter((engine) => suits(fault, engine));
  const possible = [inTurn[index % 2]!, ...inTurn, ...chosen].filter((engine) => suits(fault, engine));
  return [possible.find(isThere) ?? possible[0] ?? 'own'];
};

const wanted = allFaults.filter(({ title }) => pattern.test(title));
const groups = Map.groupBy(
  wanted.flatMap((fault, index) => enginesFor(fault, index).map((engine) => ({ fault, engine }))),
  ({ fault, engine }) => `${engine}${fault.withoutProxy === true ? ' without userland proxies' : ''}`,
);

const isLoud = ({ severity }: Finding): boolean => severity !== 'info';
const documentOf = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): Document => {
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Document;
};

/** The containers that its lines speak of: their state is compared. */
const containersIn = ({ inject, heal }: Fault): readonly string[] => [
  ...new Set(
    [...inject, ...heal].flatMap((line) =>
      [...line.matchAll(/^(\w+)! |\{(\w+)\./g)].flatMap((match) => match[1] ?? match[2]!),
    ),
  ),
];

type Tell = (what: string) => void;

const idsOf = (findings: readonly Finding[]): string =>
  findings.map(({ id, severity }) => `${id} (${severity})`).join(', ') || 'nothing';

/** Says everything that is not as it must be, rather than the first thing only. */
const tryFault = async (host: FaultHost, fault: Fault, tell: Tell): Promise<void> => {
  const { inject, probe, ends, finding, atEnds = finding, besides = /^(?!)/, also, heal } = fault;
  const diagnose = async (...args: readonly string[]) =>
    documentOf(await host.ask('doctor', ...args, '--json')).findings;
  const judge = (findings: readonly Finding[], first: RegExp, how: string): void => {
    const further = findings.slice(1).filter(isLoud);
    const strange = further.filter(({ id }) => !besides.test(id) && also?.test(id) !== true);
    if (also !== undefined && !further.some(({ id }) => also.test(id)))
      tell(`${how}: ${also} is not named: ${idsOf(findings)}`);
    if (!first.test(findings[0]?.id ?? '')) tell(`${how}: ${first} is not first: ${idsOf(findings)}`);
    else if (strange.length > 0) tell(`${how}: besides ${findings[0]?.id}: ${idsOf(strange)}`);
  };
  for (const line of fault.setup ?? []) await host.run(line);
  if (!(await worksSoon(host, probe))) return tell('the probe fails before');
  const named = ends === undefined ? [] : ['--from', await host.resolve(ends[0]), '--to', await host.resolve(ends[1])];
  for (const line of inject) await host.run(line);
  if (await host.works(probe)) tell('the probe works all the same');
  if (finding !== undefined) judge(await diagnose(), finding, 'doctor');
  if (atEnds !== undefined && ends !== undefined) judge(await diagnose(...named), atEnds, 'with ends');
  if (fault.automatic === true) await mendAndTakeBack(host, fault, finding === undefined ? named : [], tell);
  for (const line of heal) await host.run(line);
  if (fault.mortal !== true && !(await worksSoon(host, probe))) tell('the probe fails after healing');
  let left: readonly Finding[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    left = (await diagnose()).filter(isLoud);
    if (left.length === 0) break;
  }
  if (left.length > 0) tell(`after healing: ${idsOf(left)}`);
  for (const line of fault.cleanUp ?? []) await host.run(line);
};

const worksSoon = async (host: FaultHost, probe: string): Promise<boolean> => {
  for (let tries = 0; tries < 8; tries += 1) if (await host.works(probe)) return true;
  return false;
};

const mendAndTakeBack = async (host: FaultHost, fault: Fault, named: readonly string[], tell: Tell): Promise<void> => {
  const { probe } = fault;
  const [first] = documentOf(await host.ask('doctor', ...named, '--json')).findings;
  const state = () => host.state(containersIn(fault)).then((text) => text.split('\n'));
  const before = await state();
  const fixed = await host.ask('fix', first?.id ?? '', ...named, '--yes', '--json');
  const { state: came, findingGone, detail } = changeOf(fixed);
  if (came !== 'verified' || findingGone !== true || fixed.code !== 0)
    tell(`fix ${first?.id}: ${came} ${findingGone} ${detail ?? fixed.stderr}`);
  if (!(await host.works(probe))) tell('the probe fails after the fix');
  const undone = await host.ask('undo', '--json');
  if (changeOf(undone).state !== 'undone') tell(`undo: ${undone.stdout}${undone.stderr}`);
  let after = await state();
  for (let tries = 0; tries < 20 && after.join() !== before.join(); tries += 1) after = await state();
  const [gone, come] = [before.filter((line) => !after.includes(line)), after.filter((line) => !before.includes(line))];
  if (after.join() !== before.join())
    tell(`undo leaves a difference: was ${gone.join(' ; ').slice(0, 600)} is ${come.join(' ; ').slice(0, 600)}`);
  if (await host.works(probe)) tell('the probe works after the undo');
};

const changeOf = (answer: { readonly stdout: string; readonly stderr: string }) =>
  (answer.stdout === '' ? {} : (documentOf(answer).change ?? {})) as Partial<Change>;

const inOrder = { concurrent: false };

for (const [group, cases] of groups) {
  const [{ engine, fault: any } = { engine: 'own' as Engine, fault: undefined }] = cases;
  const lab = requires(engine === 'own' ? 'docker' : `engine:${engine}`);
  // Hosts are tried side by side, faults of one host one after the other.
  lab.describe(`on a host with an engine of ${group}`, { concurrent: true }, () => {
    let host: FaultHost | undefined;
    const start = async (): Promise<FaultHost> => {
      const root = engine === 'own' ? undefined : findEngineRoot(engine);
      const docker = any?.withoutProxy === true ? { 'userland-proxy': false } : true;
      const started = await startFaultHost({ docker, ...(root === undefined ? {} : { root }) });
      // Learns who is where, so that a first packet is not lost to a resolution.
      await started.works(`app1! busybox ping -c1 -W1 ${INTERNET_ADDRESS}`);
      return started;
    };
    const stop = async (): Promise<void> => {
      await host?.stop();
      host = undefined;
    };
    afterAll(stop);
    for (const { fault } of cases)
      requires(...(fault.needs ?? [])).test(
        `${fault.title}: broken, named first, mended, silent again`,
        inOrder,
        async () => {
          host ??= await start();
          const told: string[] = [];
          await tryFault(host, fault, (what) => void told.push(what)).catch((error: unknown) =>
            told.push(String(error)),
          );
          // What one fault left behind must not be blamed on the next.
          if (told.some((what) => !/^(doctor|with ends): /.test(what))) await stop();
          expect(told).toEqual([]);
        },
      );
  });
}
