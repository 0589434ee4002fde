import type { Guard, SourceFacts } from '../model/facts.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { comparisonOf, split } from '../rules/vocabulary/conditions/parts.ts';
import type { AskedCall } from './vain-calls.ts';

/**
 * Every guard of the called function reads its parameters alone, and those are handed constants, `requireOwner({ owner: 1 }, { id: 1 })`, or one
 * value for both sides.
 */
export function isOfConstants({ call, facts: asking, voucher, losses }: AskedCall): boolean {
  const { facts, guards, place } = voucher;
  const symbol = facts.symbols.find(({ name }) => name === place.name);
  const answers = facts.conditions.filter(({ kind, scope }) => kind === 'answers' && scope === place.name);
  const asked = [...guards, ...answers].filter(({ reads }) => reads.length > 0);
  if (symbol === undefined || asked.length === 0) return false;
  const parameters = symbol.parameters.map(({ name }) => name).filter((name) => !/^(?:self|cls|this)$/.test(name));
  const given = new Map<string, string>();
  for (const [at, argument] of call.args.entries()) {
    const [, keyword, value] = /^(\w+)=(?!=)(.*)$/s.exec(argument) ?? [];
    if (keyword !== undefined && value !== undefined && parameters.includes(keyword)) given.set(keyword, value);
    else given.set(parameters[at] ?? '', argument);
  }
  return asked.every((guard) => {
    if (asksOfOneValue(guard.test, given)) return true;
    const lost = losses.flatMap(({ fact }) => (fact !== undefined && 'test' in fact ? [fact.test] : []));
    if (parameters.some((name) => isLiteral(given.get(name) ?? '') && lost.some((test) => asksOfValue(test, guard.test, name))))
      return true;
    const read = rootsIn(guard).filter((name) => !/^[A-Z]/.test(name) && !isConstant(facts, name) && !isConstant(asking, name));
    return read.length > 0 && read.every((name) => isLiteral(given.get(name) ?? ''));
  });
}

/** `{ owner: user.id }` handed to what compares `thing.owner` with `user.id`. */
function asksOfOneValue(test: string, given: ReadonlyMap<string, string>): boolean {
  const { items } = split(test);
  const sides = comparisonOf(items[0] ?? '');
  if (items.length !== 1 || sides === undefined) return false;
  const [left, right] = [handedAs(sides.left, given), handedAs(sides.right, given)];
  return left !== undefined && left === right;
}

/** What a field of a parameter is for a call: `user.id`, also where the call makes the value that has it. */
function handedAs(side: string, given: ReadonlyMap<string, string>): string | undefined {
  const [, name = '', field = ''] = /^(\w+)\.(\w+)$/.exec(side) ?? [];
  const value = given.get(name)?.trim();
  if (value === undefined) return undefined;
  if (/^[\w$.]+$/.test(value)) return `${value}.${field}`;
  const inner = /^\{(.*)\}$/s.exec(value)?.[1];
  const parts = inner?.split(',').map((part) => part.split(':').map((text) => text.trim()));
  const own = parts?.filter(([key]) => key === field) ?? [];
  return own.length === 1 && own[0]?.length === 2 && /^[\w$.]+$/.test(own[0][1] ?? '') ? own[0][1] : undefined;
}

/** A condition that was lost and asked of a value what another one asks of a parameter: `seen.has(order.key)` and `seen.has(key)`. */
function asksOfValue(lost: string, test: string, parameter: string): boolean {
  const at = wordIn(test, parameter);
  if (at < 0) return false;
  const [head, tail] = [test.slice(0, at), test.slice(at + parameter.length)];
  if (!lost.startsWith(head) || !lost.endsWith(tail) || lost.length <= head.length + tail.length) return false;
  return /^(?!(?:true|false|null|None|nil)$)[A-Za-z_$][\w$.]*$/.test(lost.slice(head.length, lost.length - tail.length));
}

/** Where a text has a name as a word of its own, and not as a field of another one; -1 where it has not. */
function wordIn(text: string, name: string): number {
  const isWhole = (at: number): boolean => !/[\w$.]/.test(text[at - 1] ?? '') && !/[\w$]/.test(text[at + name.length] ?? '');
  let at = name === '' ? -1 : text.indexOf(name);
  while (at >= 0 && !isWhole(at)) at = text.indexOf(name, at + 1);
  return at;
}

/** Names that a condition reads by themselves, and not as the field of another one. */
function rootsIn({ test, reads }: Pick<Guard, 'test' | 'reads'>): readonly string[] {
  const roots = new Set(test.match(/(?<![\w$.'"`])[A-Za-z_$][\w$]*/g) ?? []);
  return reads.filter((name) => roots.has(name));
}

/** A value that the file binds outside of all functions. */
function isConstant({ symbols }: SourceFacts, name: string): boolean {
  return symbols.some((symbol) => symbol.kind === 'variable' && lastName(symbol.name) === name && symbol.scope === '');
}

/** A literal, or a value that is made of literals there and then. */
function isLiteral(text: string): boolean {
  if (/^(?:-?\d[\w.]*|true|false|True|False|null|None|nil|undefined|'[^'$]*'|"[^"$]*"|`[^`$]*`)$/.test(text)) return true;
  const inner = /^(?:new )?(?:&?[A-Z]\w*)?[({[](.*)[)}\]]$/s.exec(text)?.[1];
  if (inner === undefined || inner.trim() === '') return false;
  return inner.split(',').every((part) => {
    const value = part.trim().replace(/^["']?\w+["']?\s*[:=]\s*/, '');
    // A member of a list of words, `Status.OPEN`, is one of its literals.
    return value === '' || /^[A-Z]\w*(?:\.[A-Z]\w*)*$/.test(value) || isLiteral(value);
  });
}
