/** The project's own files with what the architecture test asks about them: imports, exported names, lines. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** Module specifiers as written, of static and dynamic imports and re-exports. */
  readonly imports: readonly SourceImport[];
  readonly exports: readonly string[];
}

export interface SourceImport {
  readonly specifier: string;
  /** Path from the project's root, for a relative specifier. */
  readonly path?: string;
  readonly typeOnly: boolean;
}

const IMPORT = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
const EXPORT = /^export\s+(?:declare\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type)\s+(\w+)/gm;
const EXPORT_LIST = /^export\s+(?:type\s+)?\{([^}]*)\}/gm;

const importsOf = (path: string, text: string): readonly SourceImport[] =>
  [...text.matchAll(IMPORT)].map(([, type, from, dynamic]) => {
    const specifier = from ?? dynamic ?? '';
    return {
      specifier,
      typeOnly: type !== undefined,
      ...(specifier.startsWith('.') ? { path: posix.normalize(posix.join(posix.dirname(path), specifier)) } : {}),
    };
  });

const exportsOf = (text: string): readonly string[] => [
  ...[...text.matchAll(EXPORT)].map((found) => found[1] ?? ''),
  ...[...text.matchAll(EXPORT_LIST)].flatMap((found) =>
    (found[1] ?? '').split(',').map((name) =>
      name
        .trim()
        .replace(/^type\s+/, '')
        .replace(/^.*\sas\s+/, ''),
    ),
  ),
];

export const readSource = (path: string): SourceFile => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return {
    path,
    text,
    lines: text.split('\n').length - 1,
    imports: importsOf(path, text),
    exports: exportsOf(text).filter((name) => name !== ''),
  };
};

/** Every TypeScript file below a folder of the project. */
export const sourceFiles = (folder: string): readonly SourceFile[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort()
    .map(readSource);

/** `buildGraph`, `NetnsHolder`, `MAX_LINES` → lower-case words. */
const words = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]/)
    .map((word) => word.replace(/s$/, ''));

/** Whether one of the exports says what the file's name says: every word of the file's name is in it, in any order. */
export const isNamedAfterAnExport = (file: SourceFile): boolean => {
  const wanted = words((file.path.split('/').at(-1) ?? '').replace(/\.tsx?$/, ''));
  return file.exports.some((name) => wanted.every((word) => words(name).includes(word)));
};
