// Bundles src/ into dist/: the program with its lazily loaded parts, the worker that reads the kernel, the guardian of live proofs, and the reader of packets.
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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

const { metafile } = await build({
  entryPoints: {
    main: 'src/main.ts',
    'netlink-worker': 'src/host/netlink/netlink-worker.ts',
    'live-child': 'src/host/live/child/live-child.ts',
    'capture-child': 'src/host/capture/native/capture-child.ts',
  },
  outdir: 'dist',
  // Parts lie beside main.js: what loads a file by its own address (the worker) finds it from any of them.
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
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
});

// Networks to look at where none can be built.
if (existsSync('src/demo/recordings')) cpSync('src/demo/recordings', 'dist/recordings', { recursive: true });

// What an earlier build left goes last, so that a program that is starting right now finds all its parts.
for (const name of readdirSync('dist'))
  if (name !== 'recordings' && !(join('dist', name) in metafile.outputs))
    rmSync(join('dist', name), { recursive: true });
