import { codeLanguage } from '../code/read-code.ts';
import { rust } from './grammar.ts';

/** Rust by its tree-sitter grammar. Attributes belong to what they stand before; `unsafe` is a call; tests inside a file are tests. */
const language = codeLanguage(rust);

export default language;
