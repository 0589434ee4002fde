/** The tokenizer alone: the package's index would bring its reflection and its code generation along. */
declare module 'protobufjs/src/tokenize.js' {
  import type { tokenize } from 'protobufjs';

  const value: typeof tokenize;
  export default value;
}
