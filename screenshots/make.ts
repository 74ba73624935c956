/** Photographs real runs of the program: `npm run screenshots` writes SVG, PNG and the gallery page. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { openTerminal } from '../test/support/virtual-terminal.ts';
import { drawScreen } from './draw-screen.ts';
import { gallery } from './gallery.ts';
import { type Shot, shots } from './shots.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('.', import.meta.url));

const fontFolders = ['/usr/share/fonts/truetype/jetbrains-mono', '/usr/share/fonts/truetype/dejavu'];

const png = (svg: string): Uint8Array =>
  new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: {
      loadSystemFonts: false,
      fontDirs: fontFolders,
      defaultFontFamily: 'DejaVu Sans Mono',
      monospaceFamily: 'DejaVu Sans Mono',
    },
  })
    .render()
    .asPng();

const photograph = async (shot: Shot): Promise<void> => {
  const recordings = [shot.recording, ...(shot.beside === undefined ? [] : [shot.beside])];
  const words = ['bin/vethscope', ...recordings.flatMap((one) => ['--recording', one])];
  const terminal = openTerminal(process.execPath, words, {
    cwd: root,
    columns: shot.columns ?? 80,
    rows: shot.rows ?? 24,
    env: shot.env ?? {},
  });
  await terminal.until(
    'the overview',
    (text) => text.includes('containers') && !text.includes('Reading') && !text.includes('looking for'),
  );
  for (const keys of shot.keys) {
    await terminal.quiet(120);
    terminal.type(keys);
  }
  // On a busy machine a screen can be at rest before it knows what is wrong.
  await terminal.quiet(250);
  await terminal.until('the diagnosis', (text) => !text.includes('looking for what is wrong'));
  await terminal.quiet(250);
  const svg = drawScreen(terminal.emulator, shot.title);
  writeFileSync(`${folder}${shot.name}.svg`, svg);
  writeFileSync(`${folder}${shot.name}.png`, png(svg));
  terminal.type('\u0003');
  terminal.kill();
  await terminal.exited;
};

const wanted = process.argv.slice(2);
for (const shot of shots) {
  if (wanted.length > 0 && !wanted.includes(shot.name)) continue;
  await photograph(shot);
  process.stdout.write(`${shot.name}: ${Math.round(readFileSync(`${folder}${shot.name}.png`).length / 1024)} KB\n`);
}
writeFileSync(`${folder}README.md`, gallery(shots));
process.exit();
