/** A folder of our own for the socket that further sessions come by; nobody else may enter it, and it goes with us. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ControlFolder {
  readonly socket: string;
  remove(): void;
}

/** A socket's path has 104 bytes on the shortest system, and ssh adds 17 while it makes it. */
const longestFolder = 60;

/** mkdtemp makes it with mode 0700. */
export const makeControlFolder = (): ControlFolder => {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const places = [...(runtime?.startsWith('/') === true ? [runtime] : []), tmpdir(), '/tmp'];
  for (const place of places.filter((one) => one.length <= longestFolder)) {
    try {
      const folder = mkdtempSync(join(place, 'vethscope-'));
      return { socket: join(folder, 's'), remove: () => rmSync(folder, { recursive: true, force: true }) };
    } catch {
      // Not writable: the next will be.
    }
  }
  throw new Error('no place for a socket: neither XDG_RUNTIME_DIR nor the folder for temporary files can be written');
};
