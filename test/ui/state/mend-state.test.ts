import { describe, expect, test } from 'vitest';
import type { Finding, Remedy } from '../../../src/diagnose/finding.ts';
import type { Change, ChangeState } from '../../../src/fix/change.ts';
import type { FixPreview } from '../../../src/session.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import type { Effect } from '../../../src/ui/state/ui-state.ts';
import { expectFile } from '../../support/expect-file.ts';
import { storyGraph } from '../../support/story-graph.ts';
import { type Driver, type DriverOptions, drive } from '../../support/ui-driver.ts';

const command = (...argv: readonly string[]) => ({ argv });

const remedy = (n: number, more: Partial<Remedy> = {}): Remedy => ({
  n,
  title: `Switch vethab${n} on`,
  changes: 'Sets the UP flag.',
  scope: 'link',
  risk: 'Nobody is interrupted.',
  riskLevel: 'low',
  cutsConnection: false,
  persistence: 'Lasts until the container restarts.',
  commands: [command('ip', 'link', 'set', 'dev', `vethab${n}`, 'up')],
  undo: [command('ip', 'link', 'set', 'dev', `vethab${n}`, 'down')],
  automatic: true,
  steps: [],
  ...more,
});

const findingWith = (...remedies: readonly Remedy[]): Finding => ({
  id: 'veth-down:db',
  check: 'veth-down',
  severity: 'error',
  subject: 'db',
  title: "The host end of db's link is switched off",
  why: 'No frame passes.',
  evidence: [],
  remedies,
  hides: [],
  references: [],
});

const argvs = (commands: Remedy['commands']) => commands.map(({ argv }) => argv);

const changeOf = (one: Remedy, state: ChangeState, more: Partial<Change> = {}): Change => ({
  finding: 'veth-down:db',
  title: one.title,
  state,
  commands: argvs(one.commands),
  undo: argvs(one.undo),
  before: [],
  after: [],
  findingGone: state === 'verified',
  ...more,
});

const graph = storyGraph();

/** In the findings view, the cursor on the one finding. */
const start = (remedies: readonly Remedy[], options: DriverOptions = {}): Driver =>
  drive(graph, { live: true, readOnly: false, ...options })
    .send({ kind: 'diagnosis', graph, diagnosis: { findings: [findingWith(...remedies)], folded: [], gaps: [] } })
    .press('7');

const lastEffect = <Kind extends Effect['kind']>(screen: Driver, kind: Kind) =>
  screen.effects().findLast((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind);

/** As the session answers. */
const answer = (screen: Driver, remedies: readonly Remedy[], refused?: string): Driver => {
  const question = lastEffect(screen, 'preview-fix')!.question;
  const chosen = remedies.find(({ n }) => n === question.remedy) ?? remedies[0]!;
  const preview: FixPreview = {
    finding: findingWith(...remedies),
    remedy: chosen,
    change: changeOf(chosen, 'previewed'),
    ...(refused === undefined ? {} : { refused }),
  };
  return screen.send({ kind: 'fix-preview', question, answer: preview });
};

const shown = (remedies: readonly Remedy[], refused?: string, options: DriverOptions = {}): Driver =>
  answer(start(remedies, options).press('f'), remedies, refused);

const applied = (screen: Driver): boolean => lastEffect(screen, 'apply-fix') !== undefined;

describe('mending a finding', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])('shows commands, undo, risk, scope and how long it lasts at %i×%i', (columns, rows) => {
    const screen = shown([remedy(1), remedy(2)], undefined, { columns, rows });
    expectFile(`screen/${columns}x${rows}-fix.txt`, `${screen.text()}\n`);
  });

  test('needs the preview on the screen: keys typed ahead apply nothing', () => {
    const screen = start([remedy(1)]).press('f', 'y', 'enter', 'y');
    expect(applied(screen)).toBe(false);
    expect(applied(answer(screen, [remedy(1)]))).toBe(false);
  });

  test('is confirmed with y, which applies exactly the remedy that was shown', () => {
    const screen = shown([remedy(1), remedy(2)]).press('n');
    answer(screen, [remedy(1), remedy(2)]);
    expect(screen.text()).toMatch(/remedy 2 of 2[\s\S]*vethab2 up/);
    screen.press('y');
    expect(lastEffect(screen, 'apply-fix')?.question).toEqual({
      finding: 'veth-down:db',
      remedy: 2,
      shown: [['ip', 'link', 'set', 'dev', 'vethab2', 'up']],
    });
  });

  test.each(['enter', ' ', 'f', 'a', 'Y', 'esc', 'q', 'j'])('is not confirmed with %s', (key) => {
    expect(applied(shown([remedy(1)]).press(key))).toBe(false);
  });

  test.each([
    ['medium', { riskLevel: 'medium' }],
    ['high', { riskLevel: 'high' }],
    ['one that could cut the connection', { cutsConnection: true }],
  ] as const)('of risk %s wants the name of the subject typed', (_what, risk) => {
    const screen = shown([remedy(1, risk)]).press('y');
    expect(applied(screen)).toBe(false);
    expect(screen.text()).toContain('Type db and Enter');
    expect(applied(screen.press("'dbx", 'enter'))).toBe(false);
    expect(screen.text()).toContain('this is not db: nothing was changed');
    expect(applied(screen.press('backspace', 'enter'))).toBe(true);
  });

  test('is taken back by itself where it could cut the connection', () => {
    const screen = shown([remedy(1, { cutsConnection: true })]).press('y', "'db", 'enter');
    expect(lastEffect(screen, 'apply-fix')?.question.confirmWithin).toBe(90);
  });

  test.each([
    [{ cuts: false, why: 'your SSH connection comes in by eth0, which this does not touch' }, /ssh +safe: your SSH/],
    [{ cuts: true, why: 'your SSH connection comes in by eth0, and this could cut it' }, /ssh +at risk: your SSH/],
  ])('tells whether it cuts the SSH connection one works over: $cuts', (ssh, told) => {
    const screen = start([remedy(1)]).press('f');
    const question = lastEffect(screen, 'preview-fix')!.question;
    const cutting = { ...remedy(1), cutsConnection: ssh.cuts };
    const change = changeOf(cutting, 'previewed');
    screen.send({
      kind: 'fix-preview',
      question,
      answer: { finding: findingWith(cutting), remedy: cutting, change, ssh },
    });
    expect(screen.text()).toMatch(told);
  });

  test('is not confirmed by pasting', () => {
    const screen = shown([remedy(1, { riskLevel: 'high' })]).press('y');
    screen.send({ kind: 'paste', text: 'db\n' }).press('enter');
    expect(applied(screen)).toBe(false);
  });

  test('that is refused says why, and y copies the commands with sudo', () => {
    const screen = shown([remedy(1)], '--read-only forbids it');
    expect(screen.text()).toMatch(/does not apply it: --read-only forbids it[\s\S]*sudo ip link set dev vethab1 up/);
    screen.press('y');
    expect(applied(screen)).toBe(false);
    expect(lastEffect(screen, 'copy')?.text).toBe('sudo ip link set dev vethab1 up');
  });

  test('tells each step, then how it ended, and offers the way back', () => {
    const screen = shown([remedy(1)]).press('y');
    screen.send({ kind: 'mend-progress', what: 'ip link set dev vethab1 up' });
    expect(screen.text()).toMatch(/\+ ip link set dev vethab1 up\n working…/);
    screen.press('esc', 'q');
    expect(screen.effects()).not.toContainEqual({ kind: 'quit' });
    screen.send({ kind: 'mended', answer: changeOf(remedy(1), 'verified', { id: 'c1' }) });
    expect(screen.text()).toMatch(/✓ done: it helped[\s\S]*U takes it back/);
    screen.press('U');
    expect(lastEffect(screen, 'undo')).toBeUndefined();
    expect(screen.text()).toMatch(/undo +ip link set dev vethab1 down/);
    screen.press('y');
    expect(lastEffect(screen, 'undo')).toEqual({ kind: 'undo', id: 'c1' });
  });

  test('that was rolled back says why', () => {
    const screen = shown([remedy(1)]).press('y');
    screen.send({
      kind: 'mended',
      answer: changeOf(remedy(1), 'rolled-back', { id: 'c1', detail: 'it did not help' }),
    });
    expect(screen.text()).toMatch(/! taken back, because[^\n]*\n why +it did not help/);
    expect(screen.press('U').text()).toContain('it did not help');
    expect(lastEffect(screen.press('y'), 'undo')).toBeUndefined();
  });

  test('that waits is kept with c', () => {
    const screen = shown([remedy(1)]).press('y');
    screen.send({
      kind: 'mended',
      answer: changeOf(remedy(1), 'awaiting-confirmation', { id: 'c1', confirmBefore: 'T' }),
    });
    expect(lastEffect(screen.press('c'), 'confirm')).toEqual({ kind: 'confirm', id: 'c1' });
  });

  test('that is gone meanwhile is told', () => {
    const screen = start([remedy(1)]).press('f');
    const question = lastEffect(screen, 'preview-fix')!.question;
    screen.send({ kind: 'fix-preview', question, answer: { error: 'no such finding now' } });
    expect(screen.text()).toContain('no such finding now');
    expect(screen.press('esc').state().mend).toBeUndefined();
  });

  test('is not brought up by an answer nobody waits for', () => {
    const screen = start([remedy(1)]).press('f', 'esc');
    expect(answer(screen, [remedy(1)]).state().mend).toBeUndefined();
  });

  test('needs a finding with a remedy, and says so', () => {
    expect(start([]).press('f').text()).toContain('fix: nothing that commands could mend is known');
    expect(drive(graph).press('2', 'f').text()).toContain('fix: choose a finding (7)');
  });
});

describe('mending a connection', () => {
  const trace = (outcome: Trace['outcome']) => (): Trace => ({
    from: 'web',
    to: 'db',
    outcome,
    explanation: '',
    request: { outcome, hops: [] },
    gaps: [],
  });
  const traced = (outcome: Trace['outcome']): Driver =>
    drive(graph, { live: true, readOnly: false, trace: trace(outcome) }).press(':', "'trace web db", 'enter');

  test('begins with f in the view of a trace that fails, and is to make it work', () => {
    const screen = traced('dropped').press('f');
    expect(lastEffect(screen, 'preview-fix')?.question).toEqual({ finding: '', ends: { from: 'web', to: 'db' } });
    expect(screen.text()).toContain('looking how web to db could be mended');
    answer(screen, [remedy(1)]);
    expect(screen.text()).toMatch(/unless this finding is gone and web is\s+traced to reach db/);
    screen.press('y');
    expect(lastEffect(screen, 'apply-fix')?.question).toMatchObject({
      finding: 'veth-down:db',
      ends: { from: 'web', to: 'db' },
    });
  });

  test('has nothing to mend where the packet arrives', () => {
    expect(traced('delivered').press('f').text()).toContain('it arrives: there is nothing to mend');
  });
});

describe('plumbing', () => {
  const [container] = [...graph.containers.values()].filter(({ netns }) => netns !== undefined);
  const name = container?.facts.name ?? '';
  const at = (): Driver => drive(graph, { live: true, readOnly: false });

  test('asks for what it would run, and applies that only', () => {
    const screen = at().press(':', "'plumb mss eth0", 'enter');
    const question = { finding: 'plumb', plumbing: { action: 'mss', words: ['eth0'], options: {} } };
    expect(lastEffect(screen, 'preview-fix')?.question).toEqual(question);
    expect(screen.text()).toContain('looking what plumb mss eth0 takes');
    answer(screen, [remedy(1)]).press('y');
    expect(lastEffect(screen, 'apply-fix')?.question).toMatchObject(question);
  });

  test('begins with P on the selected container', () => {
    const screen = at().press('2', 'P');
    expect(screen.state().prompt).toMatchObject({ kind: 'command' });
    expect(screen.text()).toMatch(/:plumb attach \S+ /);
    expect(screen.text()).toContain('LINK [address …] [gateway …]');
  });

  test('completes actions, names and options', () => {
    expect(at().press(':', "'plumb att", 'tab').state().prompt?.text).toBe('plumb attach ');
    const typed =
      at()
        .press(':', `'plumb block ${name.slice(0, -1)}`, 'tab')
        .state().prompt?.text ?? '';
    expect(
      typed.startsWith(`plumb block ${name.slice(0, -1)}`) && typed.length > `plumb block ${name}`.length - 1,
    ).toBe(true);
    expect(at().press(':', `'plumb block ${name} s`, 'tab').state().prompt?.text).toBe(`plumb block ${name} source `);
  });

  test('says what is wrong with what was typed, and runs nothing', () => {
    const screen = at().press(':', "'plumb attach web", 'enter');
    expect(screen.text()).toContain('plumb attach: takes CONTAINER LINK');
    expect(lastEffect(screen, 'preview-fix')).toBeUndefined();
  });
});

describe('the journal', () => {
  const journal = (options: DriverOptions = {}): Driver =>
    drive(graph, { live: true, readOnly: false, ...options })
      .press('J')
      .send({
        kind: 'journal',
        journal: {
          changes: [
            changeOf(remedy(1), 'undone', { id: 'c1', at: '2026-01-02T03:04:05.000Z' }),
            changeOf(remedy(2), 'interrupted', { id: 'c2', at: '2026-01-02T04:04:05.000Z', detail: 'vethscope ended' }),
          ],
          damaged: 0,
          folder: '/state',
        },
      });

  test.each([
    [80, 24],
    [120, 40],
  ])('lists the newest change first at %i×%i', (columns, rows) => {
    expectFile(`screen/${columns}x${rows}-journal-changes.txt`, `${journal({ columns, rows }).text()}\n`);
  });

  test('shows what takes a change back, and asks', () => {
    const screen = journal().press('U');
    expect(screen.text()).toMatch(/undo +ip link set dev vethab2 down/);
    expect(lastEffect(screen, 'undo')).toBeUndefined();
    expect(lastEffect(screen.press('y'), 'undo')).toEqual({ kind: 'undo', id: 'c2' });
  });

  test('offers to complete what was interrupted', () => {
    const screen = journal().press('U', 'c');
    expect(lastEffect(screen, 'confirm')).toEqual({ kind: 'confirm', id: 'c2' });
  });

  test('only copies where nothing may be changed', () => {
    const screen = journal({ readOnly: true }).press('U', 'c', 'y');
    expect(lastEffect(screen, 'undo')).toBeUndefined();
    expect(lastEffect(screen, 'confirm')).toBeUndefined();
    expect(lastEffect(screen, 'copy')?.text).toBe('sudo ip link set dev vethab2 down');
  });
});
