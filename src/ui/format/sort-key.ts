/** What to compare a text by, so that numbers inside it compare as numbers: `web2` before `web10`, 10.0.0.9 before 10.0.0.10. */
export const sortKey = (text: string): string =>
  text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'));
