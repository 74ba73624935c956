/** Folders of several hosts in one: each host's files apart. */
import { adoptCapture } from './adopt-capture.ts';
import type { FileTree } from './layout.ts';

const isRecording = (files: FileTree): boolean =>
  [...files.keys()].some((path) =>
    /^(?:host\.json|links\.json|addresses\.json|netns\/\d+\/|netns\/[^/]+\/links\.json$|engines\/)/.test(path),
  );

const subfolders = (files: FileTree): ReadonlyMap<string, FileTree> => {
  const found = new Map<string, Map<string, string>>();
  for (const [path, text] of files) {
    const end = path.indexOf('/');
    if (end < 0) continue;
    const name = path.slice(0, end);
    const below = found.get(name) ?? new Map<string, string>();
    found.set(name, below.set(path.slice(end + 1), text));
  }
  return found;
};

/** Name of a folder → what `parseRecording` reads of it; the name is '' where the files themselves are one host's. [] : no host there. */
export const splitHosts = (
  files: FileTree,
  depth = 3,
): readonly { readonly name: string; readonly files: FileTree }[] => {
  if (isRecording(files)) return [{ name: '', files }];
  const adopted = adoptCapture(files);
  if (adopted !== undefined) return [{ name: '', files: adopted }];
  if (depth === 0) return [];
  return [...subfolders(files)].flatMap(([folder, below]) =>
    splitHosts(below, depth - 1).map((host) => ({ name: host.name === '' ? folder : host.name, files: host.files })),
  );
};
