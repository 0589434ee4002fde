import type { SourceFacts } from '../../../model/facts.ts';
import { keepOf } from '../code/kept.ts';

/**
 * True where the condition `fresh` asks what `old` asked and only the words changed places: a part of it has a name of its own
 * now (`const isOpen = …`), or a name gave way to what it stood for. Where a `weaker` word ties something else to it, it asks
 * for less, unless that something is only whether there is a value.
 */
export function asksByName(before: SourceFacts, after: SourceFacts, old: string, fresh: string, weaker: 'and' | 'or'): boolean {
  const wanted = flat(old);
  if (!/[^\w.$]/.test(wanted)) return false;
  const now = spelledOut(after, fresh);
  return [wanted, spelledOut(before, old)].some((part) => holds(now, part, weaker));
}

/** A condition with each name in it that is bound once in the file replaced by what it is bound to. */
export function spelledOut(facts: SourceFacts, test: string): string {
  const bound = bindings(facts);
  return flat(test).replace(/(?<![\w$.])[A-Za-z_$][\w$]*(?![\w$(])/g, (name) => bound.get(name) ?? name);
}

/** What a name of the file is bound to where that is done once, to one expression; empty where it is a long one. */
export function boundOnce(facts: SourceFacts, name: string): string | undefined {
  return bindings(facts).get(name);
}

/** The part stands in the text as whole operands, and nothing beside it makes the whole ask for less. */
function holds(text: string, part: string, weaker: 'and' | 'or'): boolean {
  const [whole, wanted] = [bare(text), bare(part)];
  const at = whole.indexOf(wanted);
  if (at < 0 || /[\w$.!]/.test(whole[at - 1] ?? '') || /[\w$.]/.test(whole[at + wanted.length] ?? '')) return false;
  const rest = `${whole.slice(0, at)}${whole.slice(at + wanted.length)}`;
  if (!rest.includes(weaker === 'and' ? '&&' : '||')) return true;
  return (
    weaker === 'and' &&
    text.split(/&&|\|\|/).every((operand) => wanted.includes(bare(operand)) || PRESENCE.test(operand.replace(/^\(+/, '')))
  );
}

/** `isDefined(x)`, `x != null`. */
const PRESENCE = /^\w*(?:defined|null|numeric|number|finite|present|nil|none)\w*\(|[!=]==?(?:null|undefined|nil)\)*$/i;

function bare(written: string): string {
  return written.replace(/[()]/g, '');
}

/** In one spelling for all languages, with white space left only between words. */
function flat(test: string): string {
  return test
    .replace(/\band\b/g, '&&')
    .replace(/\bor\b/g, '||')
    .replace(/\bnot\b(?! in\b)/g, '!')
    .replace(/\s+/g, ' ')
    .replace(/ ?([^\w$ ]) ?/g, '$1')
    .trim();
}

const DECLARES = /^(const|let|var|val|final|mut|boolean|bool|int|long|double|String)$/;

/** Names that the file binds once, to one expression of up to forty tokens. */
const bindings = keepOf((facts: SourceFacts): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const several = new Set<string>();
  const { tokens } = facts;
  for (const [at, { text }] of tokens.entries()) {
    if (text !== '=' && text !== ':=') continue;
    const name = tokens[at - 1];
    const ahead = tokens[at - 2];
    if (name === undefined || !/^[A-Za-z_$][\w$]*$/.test(name.text)) continue;
    const isDeclared =
      text === ':=' ||
      /^[A-Z][A-Z0-9_]+$/.test(name.text) ||
      (ahead !== undefined && DECLARES.test(ahead.text)) ||
      ahead?.line !== name.line;
    if (!isDeclared) continue;
    const value = expressionAt(facts, at + 1);
    if (found.has(name.text) || value === '') several.add(name.text);
    found.set(name.text, value);
  }
  return new Map([...found].filter(([name]) => !several.has(name)));
});

const LONGEST = 40;

/** The expression that begins at this token, up to the end of its line or what it goes on with; empty where it is longer. */
function expressionAt({ tokens }: SourceFacts, start: number): string {
  const parts: string[] = [];
  let depth = 0;
  let line = tokens[start]?.line;
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.text === ';') break;
    const goesOn =
      depth > 0 ||
      /^(\|\||&&|\?\?|[?:+*/.<>=,]|[=!<>]=+|and|or)$/.test(tokens[at - 1]?.text ?? '') ||
      /^(\|\||&&|\?\?|[?:.+*/<>]|\?\.)$/.test(token.text);
    if (token.line !== line && parts.length > 0 && !goesOn) break;
    line = token.line;
    if (/^[([{]$/.test(token.text)) depth += 1;
    if (/^[)\]}]$/.test(token.text)) depth -= 1;
    if (depth < 0) break;
    parts.push(token.text);
    if (parts.length > LONGEST) return '';
  }
  return flat(parts.join(' '));
}
