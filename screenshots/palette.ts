/** The sixteen colours of the pictures, dark, with enough contrast to read dim text. */

export const background = '#10141b';
export const foreground = '#d7dce4';

export const ansi: readonly string[] = [
  '#2a2f3a',
  '#f2777a',
  '#8fd18b',
  '#f0c674',
  '#7aa6da',
  '#d6a3e0',
  '#76cfcf',
  '#d7dce4',
  '#7d8590',
  '#ff8f92',
  '#a9e5a5',
  '#ffd98c',
  '#94bdf0',
  '#ecbdf5',
  '#91e5e5',
  '#ffffff',
];
