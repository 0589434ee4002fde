import { hashOfWord } from './words.ts';

/** The words that may import or export something, as the lexer sees them: by hash, signed as `Math.imul` leaves it. */
export const IMPORT = hashOfWord('import') | 0;
export const EXPORT = hashOfWord('export') | 0;
export const REQUIRE = hashOfWord('require') | 0;
export const MODULE = hashOfWord('module') | 0;
export const EXPORTS = hashOfWord('exports') | 0;
export const DEFINE_PROPERTY = hashOfWord('defineProperty') | 0;
export const JEST = hashOfWord('jest') | 0;
export const VI = hashOfWord('vi') | 0;

const KEYWORDS = [IMPORT, EXPORT, REQUIRE, MODULE, EXPORTS, DEFINE_PROPERTY, JEST, VI];
const MAYBE = new Uint8Array(1 << 10);
for (const hash of KEYWORDS) MAYBE[hash & 0x3ff] = 1;

/** Whether a word is one of them. Asked of every word of code, so that most must be turned away by one look. */
export function isKeyword(hash: number): boolean {
  return MAYBE[hash & 0x3ff] === 1 && KEYWORDS.includes(hash);
}
