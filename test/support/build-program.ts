/** Bundles a program of the tests the way bin/build.mjs bundles ours, into a folder of its own. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Path of the program that was made. */
export const buildProgram = async (entry: string): Promise<string> => {
  const outdir = mkdtempSync(join(tmpdir(), 'vethscope-program-'));
  await build({
    entryPoints: { program: join(root, entry) },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.12',
    jsx: 'automatic',
    external: ['koffi'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '""' },
    plugins: [
      {
        name: 'without-devtools',
        setup: (plugin) => {
          plugin.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'none' }));
          plugin.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export default undefined;' }));
        },
      },
    ],
    banner: { js: "import{createRequire as vsRequire}from'node:module';const require=vsRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return join(outdir, 'program.mjs');
};
