import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { listKinds } from '../src/cli-options.ts';
import { allSchemas } from '../src/report/schemas/all-schemas.ts';
import { expectFile } from './support/expect-file.ts';
import { recordingPath } from './support/load-recording.ts';
import { runMain } from './support/run-main.ts';

const told = ['docker-28-standard', 'docker-20-legacy'];
const texts = [
  ...listKinds.filter((kind) => kind !== 'routes' && kind !== 'rules').map((kind) => ['list', kind]),
  ['graph'],
  ['locate', 'web1'],
  ['locate', '172.20.0.3'],
  ['locate', 'multi1'],
  ['locate', 'side1'],
  ['locate', 'mv1'],
  ['locate', '8081'],
];

describe.each(told)('recorded host %s', (name) => {
  test.each(texts.map((words) => words.join(' ')))('%s reads as expected', async (words) => {
    const { stdout } = await runMain([...words.split(' '), '--recording', recordingPath(name)]);
    expectFile(`${name}/${words.replaceAll(/[ ./]/g, '-')}.txt`, stdout);
  });
});

test('locate as a document reads as expected', async () => {
  const { stdout } = await runMain(['locate', 'web1', '--json', '--recording', recordingPath('docker-28-standard')]);
  expectFile('docker-28-standard/locate-web1.json', `${JSON.stringify(JSON.parse(stdout), null, 2)}\n`);
});

const recordings = readdirSync(fileURLToPath(new URL('recordings', import.meta.url)), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe.each(recordings)('documents of %s', (name) => {
  const somebody = name.startsWith('docker-') ? 'web1' : 'aa';
  const documents = [
    ...listKinds.map((kind) => ['list', kind]),
    ['locate', 'eth0'],
    ['locate', somebody],
    ['graph'],
    ['rules'],
    ['rules', somebody],
  ];
  test.each(documents.map((words) => words.join(' ')))('%s fits its schema', async (words) => {
    const { stdout } = await runMain([...words.split(' '), '--json', '--recording', recordingPath(name)]);
    const schema = allSchemas[words.split(' ')[0] as keyof typeof allSchemas];
    expect(schema.safeParse(JSON.parse(stdout)).error?.issues ?? []).toEqual([]);
  });
});
