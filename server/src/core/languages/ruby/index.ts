import { codeLanguage } from '../code/read-code.ts';
import { ruby } from './grammar.ts';

/**
 * Ruby by its tree-sitter grammar: what is called, what it is told, what stands in its strings. Guards, handlers and contracts of
 * Ruby are not read.
 */
const language = codeLanguage(ruby);

export default language;
