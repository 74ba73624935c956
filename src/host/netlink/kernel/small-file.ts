/** Reading one-line files by the thousand (sysctls): open, read, close, without the stat, the second read and the buffer of readFileSync. */
import { close, open, read } from './libc.ts';

const O_RDONLY_CLOEXEC = 0o2000000;
const buffer = new Uint8Array(new ArrayBuffer(4096));

/** Undefined when it cannot be read. Longer files are cut: no sysctl is. */
export const readSmallFile = (path: string): string | undefined => {
  const fd = open(path, O_RDONLY_CLOEXEC);
  if (fd < 0) return undefined;
  const length = read(fd, buffer, buffer.length);
  close(fd);
  if (length < 0) return undefined;
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(buffer[i] ?? 0);
  return text;
};
