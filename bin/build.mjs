// Bundles src/ into dist/: the program with its lazily loaded parts, the worker that reads the kernel, the guardian of live proofs, and the reader of packets.
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { loadTogether } from './load-together.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

// Ink asks for React's developer tools only when DEV is set; they are not installed.
const withoutDevtools = {
  name: 'without-devtools',
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'without-devtools' }));
    build.onLoad({ filter: /.*/, namespace: 'without-devtools' }, () => ({ contents: 'export default undefined;' }));
  },
};

const options = {
  outdir: 'dist',
  // Parts lie beside main.js: what loads a file by its own address (the worker) finds it from any of them.
  chunkNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  jsx: 'automatic',
  external: ['koffi'],
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '""' },
  plugins: [withoutDevtools],
  // Bundled CommonJS packages ask for Node's own modules with require().
  banner: { js: "import{createRequire as vsRequire}from'node:module';const require=vsRequire(import.meta.url);" },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

const entry = 'src/main.ts';
const program = { ...options, entryPoints: { main: entry }, splitting: true };
const { metafile: parts } = await build({ ...program, write: false });
const everyLook = 'src/main/run-command.ts';
const outputs = await Promise.all([
  build({ ...program, plugins: [loadTogether(parts.inputs, [entry, everyLook]), withoutDevtools] }),
  // Processes and threads of their own: each one file.
  build({
    ...options,
    entryPoints: {
      'live-child': 'src/host/live/child/live-child.ts',
      'capture-child': 'src/host/capture/native/capture-child.ts',
    },
  }),
  // The first picture waits for this one: CommonJS starts sooner.
  build({
    ...options,
    entryPoints: { 'netlink-worker': 'src/host/netlink/netlink-worker.ts' },
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    banner: {},
  }),
]);
const written = new Set(outputs.flatMap(({ metafile }) => Object.keys(metafile.outputs)));

// Networks to look at where none can be built.
if (existsSync('src/demo/recordings')) cpSync('src/demo/recordings', 'dist/recordings', { recursive: true });

// What an earlier build left goes last, so that a program that is starting right now finds all its parts.
for (const name of readdirSync('dist'))
  if (name !== 'recordings' && !written.has(join('dist', name))) rmSync(join('dist', name), { recursive: true });
