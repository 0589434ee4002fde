/** Longest message that a list, a lens and a terminal line all show whole. */
export const MESSAGE_LENGTH = 80;

/** Source text for a message: white space collapsed, cut to `length` characters, in backticks. */
export function quote(source: string, length = 30): string {
  return `\`${cut(restoreExpressions(source).replace(/\s+/g, ' ').trim(), length)}\``;
}

/** A workflow's `${{ inputs.folder }}` reaches rules as a variable of the same length; a person is shown what was written. */
export function restoreExpressions(source: string): string {
  return restoreTemplate(source.replace(FILLED_IN, '…')).replace(
    /\$?(?<!_)_{2,}(github|inputs|env|matrix|steps|secrets|vars|needs|runner|job|strategy)_(\w*?[A-Za-z0-9])_{2,}/g,
    (_, context: string, rest: string) => `\${{ ${context}.${rest} }}`,
  );
}

/** A value that is filled into a statement when the program runs stands there as as many letters p; nobody wrote those. */
const FILLED_IN = /^p{2,}(?:\.p{2,})*$|(?<=^[\w.]{1,80}\.)p{2,}$|(?<![\w-])p{3,}(?![\w-])|(?<![A-Za-z\d-])p{4,}(?=_)/g;

/** A chart's `{{ .Values.replicas }}` reaches rules as a word of the same length. */
function restoreTemplate(source: string): string {
  return source.replace(
    /(?<!_)_{3,}((?:Values|Chart|Release|include|toYaml)_[A-Za-z0-9_]*[A-Za-z0-9])_{2,}/g,
    (_, body: string) => `{{ ${body.replace(/_{2,}/g, ' ').replaceAll('_', '.')} }}`,
  );
}

/** Cuts a message to what every door can show. */
export function fitMessage(message: string): string {
  return cut(message, MESSAGE_LENGTH);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
