import type { Call, Fact, Guard, SourceFacts } from '../model/facts.ts';
import type { RuleInput } from './define.ts';

/**
 * The scope of the after side that stands for `scope` of the before side: the one of the same name, or a new one that calls
 * mostly the same (the function was renamed). Undefined where it was removed, with everything it guarded.
 */
export function counterpartScope(input: RuleInput, scope: string): string | undefined {
  const { before, after } = input;
  if (after === undefined || before === undefined) return undefined;
  if (scope === '' || hasScope(after, scope)) return scope;
  const outer = scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
  const old = new Set(calleesIn(before.calls, scope));
  let best: { readonly name: string; readonly score: number } | undefined;
  for (const { name } of after.scopes) {
    if (hasScope(before, name)) continue;
    const fresh = new Set(calleesIn(after.calls, name));
    const shared = [...fresh].filter((callee) => old.has(callee)).length;
    const score = shared / Math.max(1, Math.min(old.size, fresh.size));
    if (shared > 0 && score >= 0.5 && (best === undefined || score > best.score)) best = { name, score };
  }
  if (best !== undefined) return best.name;
  // A function without a name of its own went into the one around it.
  return outer !== '' && /[('"]/.test(scope) === false && hasScope(after, outer) && !hasScope(before, scope) ? outer : undefined;
}

/** True where `inner` is `outer` or stands inside it. */
export function within(inner: string, outer: string): boolean {
  return outer === '' || inner === outer || inner.startsWith(`${outer}.`);
}

/** Calls of the after side that the before side did not have, inside the scope that stands for `scope`. */
export function newCallsIn(input: RuleInput, scope: string): readonly Call[] {
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined || input.after === undefined) return [];
  return surplus(input.after.calls, input.before?.calls ?? []).filter((call) => within(call.scope, counterpart));
}

/** Guards of the after side that the before side did not have, inside the scope that stands for `scope`. */
export function newGuardsIn(input: RuleInput, scope: string): readonly Guard[] {
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined || input.after === undefined) return [];
  return surplus(input.after.guards, input.before?.guards ?? []).filter((guard) => within(guard.scope, counterpart));
}

/** Of n facts with one key, the last n - m where the old side has m of them. */
function surplus<T extends Fact>(facts: readonly T[], old: readonly Fact[]): readonly T[] {
  const left = new Map<string, number>();
  for (const { key } of old) left.set(key, (left.get(key) ?? 0) + 1);
  return facts.filter(({ key }) => {
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
}

/** Removed guards whose function stays and which nothing like them replaces, in this file or another one of the change. */
export function lostGuards(input: RuleInput, isWanted: (guard: Guard) => boolean): readonly Guard[] {
  return input.removed.guards.filter((guard) => {
    if (!isWanted(guard) || counterpartScope(input, guard.scope) === undefined) return false;
    if (newGuardsIn(input, guard.scope).some((other) => likeness(guard, other) >= 0.5)) return false;
    return !isElsewhere(input, guard);
  });
}

/** True where the same condition now stands in another function or another file: it was extracted or moved. */
function isElsewhere(input: RuleInput, guard: Guard): boolean {
  const old = new Set(input.before?.guards.map((other) => other.key));
  if (input.after?.guards.some((other) => !old.has(other.key) && other.test === guard.test) === true) return true;
  return movedText(input, guard.test, guard.reads);
}

/** True where a stretch of code now stands in another file that did not have it before. `names` are identifiers it holds. */
export function movedText(input: RuleInput, text: string, names: readonly string[]): boolean {
  const rarest = [...names].sort((a, b) => b.length - a.length)[0];
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  if (rarest === undefined || text.length < 6) return false;
  const flat = flatten(text);
  return input.trees.after.mentioning(rarest, [extension, '.ts', '.js']).some((path) => {
    if (path === input.path) return false;
    const after = input.trees.after.read(path);
    const before = input.trees.before.read(path);
    if (after?.kind !== 'text' || (before?.kind === 'text' && before.text === after.text)) return false;
    return flatten(after.text).includes(flat) && (before?.kind !== 'text' || !flatten(before.text).includes(flat));
  });
}

/** How alike two conditions are, 0 to 1: same operators, properties and literals, whatever the variables are called. */
export function likeness(a: Guard, b: Guard): number {
  const left = shape(a.test);
  const right = shape(b.test);
  const pool = [...right];
  let shared = 0;
  for (const part of left) {
    const at = pool.indexOf(part);
    if (at < 0) continue;
    pool.splice(at, 1);
    shared += 1;
  }
  return (2 * shared) / Math.max(1, left.length + right.length);
}

function shape(test: string): readonly string[] {
  const parts = test.match(/[A-Za-z_$][\w$]*(\??\.[A-Za-z_$][\w$]*)*|'[^']*'|\d[\d_.]*|[!=<>]+=*|&&|\|\||[?%+*/-]/g) ?? [];
  return parts.map((part) => {
    if (/^[=!]==?$/.test(part)) return part.startsWith('!') ? '!=' : '==';
    if (!/^[A-Za-z_$]/.test(part)) return part.replaceAll('_', '');
    return part.includes('.') ? part.slice(part.lastIndexOf('.') + 1).toLowerCase() : '_';
  });
}

function hasScope(facts: SourceFacts, scope: string): boolean {
  return facts.scopes.some((other) => other.name === scope);
}

function calleesIn(calls: readonly Call[], scope: string): readonly string[] {
  return calls.filter((call) => within(call.scope, scope)).map((call) => call.callee);
}

function flatten(text: string): string {
  return text.replace(/\s+/g, '');
}
