import { codeLanguage } from '../code/read-code.ts';
import { java } from './grammar.ts';

/** Java by its tree-sitter grammar. Annotations belong to what they stand before; `synchronized` is a call that takes a lock. */
const language = codeLanguage(java);

export default language;
