import { codeLanguage } from '../code/read-code.ts';
import { go } from './grammar.ts';

/** Go by its tree-sitter grammar. A method's scope is `Type.Method`; an error that is dropped is a handler that does nothing. */
const language = codeLanguage(go);

export default language;
