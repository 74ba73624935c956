/** `npm run new-check NAME`: writes an empty check with its test and puts it into the list. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const camel = (id: string) => id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

export const checkText = (id: string) => `/** TODO: one sentence that says what goes wrong. */
import type { Check } from '../check.ts';

export const ${camel(id)}: Check = {
  id: '${id}',
  severity: 'error',
  about: 'TODO: what goes wrong, why, and how it is felt: two or three sentences a person reads.',
  not: ['TODO: what looks alike and is no fault; each becomes a test'],
  references: ['TODO: a public thread, a man page, a kernel or engine symbol'],
  needs: ['links'],
  find: (view) =>
    view.engines.flatMap(({ bridges }) =>
      bridges.flatMap(() => []),
    ),
};
`;

export const testText = (id: string) => `/** ${id}: what it finds, and what it must not be confused with. */
import { ${camel(id)} } from '../../../src/diagnose/checks/${id}.ts';
import { testCheck } from '../test-check.ts';

testCheck(${camel(id)}, {
  finds: {
    'TODO: the fault': (draft) => {
      draft.link(draft.host, 'br-app').flags = [];
    },
  },
  ignores: {
    'TODO: a look-alike': (draft) => {
      draft.link(draft.host, 'docker0').flags = [];
    },
  },
});
`;

/** The list with one more import and one more entry, at the end: its place among causes is for a person to choose. */
export function withCheck(list: string, id: string): string {
  const name = camel(id);
  const lines = list.split('\n');
  const lastImport = lines.findLastIndex((line) => line.startsWith('import '));
  lines.splice(lastImport + 1, 0, `import { ${name} } from './${id}.ts';`);
  return lines.join('\n').replace(/\n\];\n$/, `\n  ${name},\n];\n`);
}

export function newCheck(id: string | undefined): string {
  if (id === undefined || !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id))
    return 'usage: npm run new-check NAME   (kebab-case, two words or more)';
  const check = path(`src/diagnose/checks/${id}.ts`);
  if (existsSync(check)) return `${id} is there already`;
  writeFileSync(check, checkText(id));
  writeFileSync(path(`test/diagnose/checks/${id}.test.ts`), testText(id));
  const list = path('src/diagnose/checks/all-checks.ts');
  writeFileSync(list, withCheck(readFileSync(list, 'utf8'), id));
  return `src/diagnose/checks/${id}.ts and its test are written; choose its place in all-checks.ts, then run npx biome check --write src/diagnose test/diagnose`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${newCheck(process.argv[2])}\n`);
