// What every look at a host needs becomes one file: finding and linking fifty small ones takes longer than running what is in them.
import { readFileSync } from 'node:fs';
import { extname, relative } from 'node:path';

const sources = /\.tsx?$/;

/** The modules that `roots` import in turn, dynamic imports aside. */
const findStatic = (inputs, roots) => {
  const reached = new Set(roots);
  for (const path of reached)
    for (const one of inputs[path]?.imports ?? [])
      if (one.kind !== 'dynamic-import' && !one.external) reached.add(one.path);
  return reached;
};

const findLazy = (inputs) =>
  new Set(
    Object.values(inputs).flatMap(({ imports }) =>
      imports.filter((one) => one.kind === 'dynamic-import' && !one.external).map(({ path }) => path),
    ),
  );

/**
 * esbuild puts into one file what is reached from the same entries. So each lazily loaded part is made to reach all that `roots` need, which is
 * loaded before it anyway. `inputs`: from the metafile of a build without this plugin.
 */
export const loadTogether = (inputs, roots) => {
  const together = [...findStatic(inputs, roots)].filter((path) => sources.test(path));
  const lazy = findLazy(inputs);
  return {
    name: 'load-together',
    setup(build) {
      build.onResolve({ filter: /^together:$/ }, ({ path }) => ({ path, namespace: 'together' }));
      build.onLoad({ filter: /.*/, namespace: 'together' }, () => ({
        contents: together.map((path) => `import './${path}';`).join('\n'),
        resolveDir: process.cwd(),
      }));
      build.onLoad({ filter: sources }, ({ path }) =>
        lazy.has(relative(process.cwd(), path))
          ? { contents: `import 'together:';\n${readFileSync(path, 'utf8')}`, loader: extname(path).slice(1) }
          : undefined,
      );
    },
  };
};
