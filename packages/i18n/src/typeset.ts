// Small print rules that no author of a message should have to remember.

const noBreak = '\u00a0';
const russianShortWord = /(^|[\s(«„}{\u00a0])([АВИКОСУЯавикосуя]|не|Не|ни|на|На|по|По|до|До|из|Из|за|За|от|От) (?=\S)/g;
const spacedDash = / – /g;

/** Ties short Russian words to the next one and a dash to the word before it, so that no line ends or begins with them. */
export function typeset(text: string, locale: string): string {
  let set = text.replace(spacedDash, `${noBreak}– `);
  if (locale.startsWith('ru')) {
    // Twice: two short words in a row share the space between them.
    for (let pass = 0; pass < 2; pass += 1) set = set.replace(russianShortWord, `$1$2${noBreak}`);
  }
  return set;
}
