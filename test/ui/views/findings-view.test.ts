import { describe, expect, test } from 'vitest';
import type { Diagnosis, Finding } from '../../../src/diagnose/finding.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { selectedItem, selectItems } from '../../../src/ui/state/select-items.ts';
import { expectFile } from '../../support/expect-file.ts';
import { storyGraph, storySnapshot, withVethDown } from '../../support/story-graph.ts';
import { type Driver, drive } from '../../support/ui-driver.ts';

const broken = buildGraph([withVethDown(storySnapshot(), 3)]);
const nothing: Diagnosis = { findings: [], folded: [], gaps: [] };

const finding = (id: string, severity: Finding['severity'], more: Partial<Finding> = {}): Finding => ({
  id,
  check: id,
  severity,
  subject: id,
  title: `title of ${id}`,
  why: 'because',
  evidence: [],
  remedies: [],
  hides: [],
  references: [],
  ...more,
});

const withDiagnosis = (graph: Graph, diagnosis: Partial<Diagnosis>, columns = 80): Driver =>
  drive(graph, { columns }).send({ kind: 'diagnosis', graph, diagnosis: { ...nothing, ...diagnosis } });

const ids = (screen: Driver): readonly string[] => selectItems(screen.state()).items.map((item) => item.id);

describe('the findings', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])('read well at %i×%i', (columns, rows) => {
    const screen = drive(broken, { columns, rows, diagnosed: true }).press('7', 'j');
    expectFile(`screen/${columns}x${rows}-findings-broken.txt`, `${screen.text()}\n`);
  });

  test('are being looked for until the answer comes; the wiring is judged at once', () => {
    const text = drive(broken).press('7').text();
    expect(text).toContain('looking for what is wrong…');
    expect(text).toMatch(/✗ veth\w+ is down/);
    expect(text).not.toContain('✓');
  });

  test('of the last graph stay while the next one is looked at', () => {
    const screen = drive(broken, { diagnosed: false }).diagnose().press('7');
    const before = ids(screen);
    screen.send({
      kind: 'session',
      session: { graph: storyGraph(), phase: 'ready', following: true, gaps: [] },
      log: [],
    });
    expect(ids(screen)).toEqual(['looking', ...before]);
    screen.diagnose();
    expect(ids(screen)).not.toContain('looking');
  });

  test('keep the cursor on the same one when others come before it', () => {
    const screen = withDiagnosis(storyGraph(), { findings: [finding('a', 'error'), finding('b', 'warning')] });
    screen.press('7', 'j');
    expect(selectedItem(screen.state())?.copy).toBe('b');
    const graph = storyGraph();
    screen.update(graph).send({
      kind: 'diagnosis',
      graph,
      diagnosis: { ...nothing, findings: [finding('0', 'error'), finding('a', 'error'), finding('b', 'warning')] },
    });
    expect(selectedItem(screen.state())?.copy).toBe('b');
  });

  test('have the cursor on the worst one when the wiring fault under it gave way', () => {
    const screen = drive(broken).press('7');
    expect(selectedItem(screen.state())?.id).toMatch(/^fault/);
    expect(selectedItem(screen.diagnose().state())?.id).toBe(ids(screen)[0]);
    expect(ids(screen)[0]).toMatch(/^finding/);
  });

  test('take the place of the wiring faults they explain, and of no others', () => {
    const [fault] = broken.faults;
    const cover = (severity: Finding['severity']) =>
      withDiagnosis(broken, {
        findings: [finding('x', severity, { evidence: [{ fact: 'f', source: 's', link: fault!.link! }] })],
      });
    expect(ids(cover('error').press('7')).filter((id) => id.startsWith('fault'))).toEqual([]);
    expect(ids(cover('info').press('7')).filter((id) => id.startsWith('fault'))).toHaveLength(broken.faults.length);
  });

  test('differ by shape, also without colour and UTF-8', () => {
    const findings = (['error', 'warning', 'security', 'info'] as const).map((severity) => finding(severity, severity));
    const graph = storyGraph();
    const text = drive(graph, { ascii: true })
      .send({ kind: 'diagnosis', graph, diagnosis: { ...nothing, findings } })
      .press('7')
      .text();
    expect(text).toMatch(/x title of error[\s\S]*! title of warning[\s\S]*S title of security[\s\S]*i title of info/);
  });

  test('are counted in the header by severity, remarks left out', () => {
    const screen = withDiagnosis(storyGraph(), {
      findings: [finding('a', 'error'), finding('b', 'error'), finding('c', 'warning'), finding('d', 'info')],
    });
    expect(screen.frame()[0]).toMatch(/2✗ 1! recording$/);
  });

  test('are what the overview calls wrong', () => {
    const text = withDiagnosis(storyGraph(), { findings: [finding('a', 'error'), finding('d', 'info')] }).text();
    expect(text).toMatch(/What is wrong \(1\)\n ✗ title of a/);
    expect(text).not.toContain('title of d');
  });

  test('lead from the evidence to the object', () => {
    const link = [...broken.links.values()].find((one) => one.facts.ifindex === 103)!;
    const screen = withDiagnosis(broken, {
      findings: [finding('x', 'error', { evidence: [{ fact: 'it is down', source: 'ip link', link: link.id }] })],
    });
    screen.press('7', 'enter', 'enter');
    expect(screen.state().place.view).toBe('links');
    expect(selectedItem(screen.state())?.ref).toEqual({ kind: 'link', id: link.id });
  });

  test('are found by words of their evidence and by severity', () => {
    const screen = withDiagnosis(storyGraph(), {
      findings: [finding('a', 'error', { evidence: [{ fact: 'oddword', source: 's' }] }), finding('b', 'warning')],
    });
    expect(ids(screen.press('7', '/', "'oddword", 'enter'))).toEqual(['finding a']);
    expect(ids(screen.press('/', 'ctrl+u', "'warning", 'enter'))).toEqual(['finding b']);
  });

  test('show what is hidden under them, and every command of their remedies', () => {
    const text = drive(broken, { diagnosed: true, columns: 120, rows: 60 }).press('7', 'j').text();
    expect(text).toMatch(/run +ip link set dev veth\w+ up/);
    expect(text).toMatch(/undo +ip link set dev veth\w+ down/);
  });
});
