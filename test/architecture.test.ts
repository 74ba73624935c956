/** The rules of src/README.md, held to: who imports whom, what each folder may touch, how files look. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requires } from './support/requires.ts';
import { isNamedAfterAnExport, ROOT, readSource, type SourceFile, sourceFiles } from './support/source-files.ts';

const src = sourceFiles('src');
const tests = sourceFiles('test');

/** `src/trace/hop.ts` → `trace`; `src/session.ts` → `session`. */
const part = (path: string): string => (path.split('/')[1] ?? '').replace(/\.tsx?$/, '');

const PURE = ['std', 'model', 'netfilter', 'graph', 'systems', 'trace', 'diagnose'];
const UNDER_SESSION = [...PURE, 'host', 'collect', 'fix', 'capture', 'live', 'demo'];

/** Import directions; a part may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  std: [],
  model: ['std'],
  host: ['std', 'model'],
  netfilter: ['std', 'model'],
  graph: ['std', 'model'],
  systems: ['std', 'model', 'netfilter', 'graph'],
  trace: ['std', 'model', 'netfilter', 'graph', 'systems'],
  diagnose: ['std', 'model', 'netfilter', 'graph', 'systems', 'trace'],
  collect: ['std', 'model', 'host', 'netfilter'],
  fix: ['std', 'model', 'host', 'diagnose'],
  capture: ['std', 'model', 'host', 'graph', 'trace'],
  live: ['std', 'model', 'host', 'graph', 'trace'],
  demo: ['std', 'model', 'host'],
  session: UNDER_SESSION,
  report: ['session', ...PURE],
  ui: ['session', ...PURE],
  'cli-options': ['std', 'model'],
  main: ['std', 'model', 'cli-options', 'host', 'session', 'report', 'ui', 'demo'],
};

/** Beyond the table: only types, so nothing is loaded or called. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  report: ['capture', 'live', 'fix'],
  ui: ['capture', 'live', 'fix'],
};

const forbiddenImports = (file: SourceFile): readonly string[] => {
  const own = part(file.path);
  return file.imports
    .filter((one) => one.path?.startsWith('src/'))
    .filter((one) => {
      const other = part(one.path ?? '');
      if (other === own || MAY_IMPORT[own]?.includes(other)) return false;
      return !(one.typeOnly && MAY_IMPORT_TYPES[own]?.includes(other));
    })
    .map((one) => `${file.path} → ${one.path}`);
};

describe('imports', () => {
  test('every part of src has its place in the order of imports', () => {
    expect([...new Set(src.map((file) => part(file.path)))].filter((name) => MAY_IMPORT[name] === undefined)).toEqual(
      [],
    );
  });

  test('go down the list of folders, never up', () => {
    expect(src.flatMap(forbiddenImports)).toEqual([]);
  });

  test('of the tests stay out of the sources', () => {
    expect(
      src.flatMap((file) => file.imports.filter((one) => one.path?.startsWith('test/')).map(() => file.path)),
    ).toEqual([]);
  });
});

/** Files outside host/ that use Node's own modules: the demo's start, which makes the machine that host/ then reads. */
const NODE_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'src/demo/enter-demo.ts': ['node:child_process', 'node:fs'],
  'src/demo/serve-engine.ts': ['node:http'],
  // Streams and events around the terminal the program was given; nothing of the machine.
  'src/ui/input/tty-in.ts': ['node:stream', 'node:string_decoder'],
  'src/ui/output/tty-out.ts': ['node:events'],
};

/** Modules of Node that compute and touch nothing. */
const HARMLESS = ['node:path', 'node:util', 'node:url', 'node:stream', 'node:string_decoder', 'node:events'];

/** What would make a pure function depend on the moment or the machine. */
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|performance\.now|Math\.random|process\.(?:env|argv|pid|exit|cwd|on|once|std\w+|hrtime|platform|uptime|nextTick|kill|memoryUsage)\b|setTimeout|setInterval|setImmediate|fetch\(|console\.|require\()/;

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

describe('the machine', () => {
  test('is touched by host/ alone', () => {
    const touching = src
      .filter((file) => part(file.path) !== 'host')
      .flatMap((file) =>
        file.imports
          .filter((one) => !one.typeOnly && /^(?:node:|koffi$|execa$)/.test(one.specifier))
          .filter((one) => !HARMLESS.includes(one.specifier) && !NODE_ELSEWHERE[file.path]?.includes(one.specifier))
          .map((one) => `${file.path} → ${one.specifier}`),
      );
    expect(touching).toEqual([]);
  });

  test('is unknown to the pure folders: no clock, no randomness, no process', () => {
    const impure = src
      .filter((file) => PURE.includes(part(file.path)))
      .flatMap((file) => {
        const found = IMPURE.exec(withoutComments(file.text));
        return found === null ? [] : [`${file.path}: ${found[0]}`];
      });
    expect(impure).toEqual([]);
  });

  test('is changed through Host.change only by fix, demo, live and capture', () => {
    const changing = src
      .filter((file) => !['host', 'fix', 'demo', 'live', 'capture'].includes(part(file.path)))
      .filter((file) => /\bhost\.change\(/.test(withoutComments(file.text)))
      .map((file) => file.path);
    expect(changing).toEqual([]);
  });
});

/** Tables of data may be long. */
const DATA_TABLES: readonly string[] = [];

describe('files', () => {
  const own = [...src, ...tests];

  test('begin with one sentence that says what they are for', () => {
    const bare = own
      .filter((file) => !/\.test\.tsx?$/.test(file.path))
      .filter((file) => !/^\/\*\*\s*\S/.test(file.text))
      .map((file) => file.path);
    expect(bare).toEqual([]);
  });

  test('are small: median 80 lines, nine of ten 200, none above 300 but tables of data', () => {
    const lengths = src.filter((file) => !DATA_TABLES.includes(file.path)).map((file) => file.lines);
    const sorted = lengths.toSorted((a, b) => a - b);
    expect(src.filter((file) => file.lines > 300 && !DATA_TABLES.includes(file.path)).map((file) => file.path)).toEqual(
      [],
    );
    expect(sorted[Math.floor(sorted.length * 0.5)]).toBeLessThanOrEqual(80);
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThanOrEqual(200);
  });

  test('have kebab-case names, none of them a drawer', () => {
    const odd = own.filter((file) => {
      const name = file.path.split('/').at(-1) ?? '';
      return (
        !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.config)?\.tsx?$/.test(name) ||
        /^(?:utils?|helpers?|common|misc|index)\./.test(name)
      );
    });
    expect(odd.map((file) => file.path)).toEqual([]);
  });

  test('are named after what they export; a table of names or a fixed format may be named after its subject', () => {
    const others = src.filter((file) => part(file.path) !== 'model' && !isNamedAfterAnExport(file));
    expect(others.length, others.map((file) => file.path).join('\n')).toBeLessThanOrEqual(src.length / 10);
  });

  test('export by name, and export only what they define', () => {
    const odd = own
      .filter((file) => !/\.config\.ts$/.test(file.path))
      .filter((file) => /^export default\b/m.test(file.text) || /^export \* from/m.test(file.text))
      .map((file) => file.path);
    expect(odd).toEqual([]);
    const barrels = src.filter((file) => {
      const code = withoutComments(file.text)
        .replace(/^(?:export|import)\s[^;]*?\sfrom\s+'[^']+';$/gm, '')
        .trim();
      return code === '' && /\sfrom\s/.test(file.text);
    });
    expect(barrels.map((file) => file.path)).toEqual([]);
  });
});

/** Folders of tests that belong to no single source file. */
const NOT_MIRRORED = ['kernel', 'docker', 'scenarios', 'recordings', 'screen', 'support', 'lab', 'bench', 'expected'];

/** Tests of what the whole repository comes to. */
const OF_THE_REPOSITORY = ['test/architecture.test.ts', 'test/documents.test.ts'];

/** Tests of what a whole folder comes to. */
const OF_A_WHOLE_FOLDER = ['test/trace/scenario-outcomes.test.ts'];

describe('tests', () => {
  test('stand where their source stands', () => {
    const lost = tests
      .filter((file) => /\.test\.tsx?$/.test(file.path) && !OF_THE_REPOSITORY.includes(file.path))
      .filter((file) => !OF_A_WHOLE_FOLDER.includes(file.path))
      .filter((file) => !NOT_MIRRORED.includes(file.path.split('/')[1] ?? ''))
      .filter((file) => {
        const base = file.path.replace(/^test\//, 'src/').replace(/\.test\.tsx?$/, '');
        return (
          !existsSync(join(ROOT, `${base}.ts`)) &&
          !existsSync(join(ROOT, `${base}.tsx`)) &&
          !existsSync(join(ROOT, base))
        );
      })
      .map((file) => file.path);
    expect(lost).toEqual([]);
  });

  test('are never skipped without saying why', () => {
    const marked = tests.filter((file) => /\b(?:it|test|describe)\.(?:skip|only|todo|skipIf|runIf)\b/.test(file.text));
    expect(marked.map((file) => file.path)).toEqual([]);
  });
});

const tracked = (): readonly string[] =>
  execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)));

/** Parents that many texts name for good reasons. */
const ORDINARY_FOLDERS = ['/', '/tmp', '/home', '/root', '/var/tmp', '/usr/src', '/opt', '/srv'];

const git = requires('tool:git', 'checkout');

git.describe('the repository', () => {
  test('names no folder of the machine it was written on', () => {
    const parent = dirname(ROOT);
    const names = [`${ROOT}/`, ...(ORDINARY_FOLDERS.includes(parent) ? [] : [`${parent}/`])];
    const naming = tracked()
      .filter((path) => !/\.(?:png|gz|pcapng|bin)$/.test(path))
      .filter((path) => {
        const { text } = readSource(path);
        return names.some((name) => new RegExp(`(?:^|[^\\w.-])${name}`).test(text));
      });
    expect(naming).toEqual([]);
  });

  test('holds only what belongs to it at its top', () => {
    const allowed =
      /^(?:package(?:-lock)?\.json|tsconfig\.json|biome\.json|src\/.*|test\/.*|bin\/.*|screenshots\/.*|README\.md|LICENSE|\.ci\/.*|\.gitignore|\.gitattributes|\.npmrc)$/;
    expect(tracked().filter((path) => !allowed.test(path))).toEqual([]);
  });
});
