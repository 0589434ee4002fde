import type { SourceFacts } from '../../../model/facts.ts';
import { bindingsOnce } from '../code/bindings.ts';
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
  const bound = flatBindings(facts);
  return flat(test).replace(/(?<![\w$.])[A-Za-z_$][\w$]*(?![\w$(])/g, (name) => bound.get(name) ?? name);
}

/** The part stands in the text as whole operands, and nothing beside it makes the whole ask for less. */
function holds(text: string, part: string, weaker: 'and' | 'or'): boolean {
  const [whole, wanted] = [bare(text), bare(part)];
  const at = whole.indexOf(wanted);
  if (at < 0 || /[\w$.!]/.test(whole[at - 1] ?? '') || /[\w$.]/.test(whole[at + wanted.length] ?? '')) return false;
  if (asksForNone(text.split(/&&|\|\|/).find((operand) => bare(operand).includes(wanted)) ?? '') && !FINDS.test(part)) return false;
  const rest = `${whole.slice(0, at)}${whole.slice(at + wanted.length)}`;
  if (!rest.includes(weaker === 'and' ? '&&' : '||')) return true;
  return (
    weaker === 'and' &&
    text.split(/&&|\|\|/).every((operand) => wanted.includes(bare(operand)) || PRESENCE.test(operand.replace(/^\(+/, '')))
  );
}

/** Asks that nothing of the kind is there: `!lines.find(…)`, `lines.find(…) === undefined`, `next(…, None) is None`. */
function asksForNone(operand: string): boolean {
  const found = FINDS.exec(operand.replace(/^\(+/, ''));
  return found !== null && (found[1] === '!') !== /\)(?:===?(?:undefined|null|None|nil)|is None)\)*$/.test(operand);
}

/** Looks for one of a list, or whether there is one; what is captured says that it is negated. */
export const FINDS =
  /^(!?)\(*(?:[\w$.]{1,80}[.:])?(?:find|detect|some|any|anyMatch|first|firstOrNull|FirstOrDefault|next|Any|exists|Exists)\(/;

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

const flatBindings = keepOf(
  (facts: SourceFacts): ReadonlyMap<string, string> => new Map([...bindingsOnce(facts)].map(([name, value]) => [name, flat(value)])),
);
