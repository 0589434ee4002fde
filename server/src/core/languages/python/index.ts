import { codeLanguage } from '../code/read-code.ts';
import { python } from './grammar.ts';

/** Python by its tree-sitter grammar. Docstrings are prose, decorators belong to what they decorate. */
const language = codeLanguage(python);

export default language;
