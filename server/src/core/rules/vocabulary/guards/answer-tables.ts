import type { Call, Guard, Parameter, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isNewPart, newCallsIn } from '../code/scope-changes.ts';
import { bodyOf, type Decision, REFUSES, readBody, type Truth, truthOf } from './decision-bodies.ts';

/** More conditions than this are not put into a table. */
const MOST_ATOMS = 7;

/**
 * True where a function that only decides answers the same for every outcome of its conditions, however it is written: `if (a) return true;
 * if (!b) return false; return true` that is `return a || b`. A function that does anything else on the way has no table.
 */
export function answersAlike(input: RuleInput, scope: string): boolean {
  const { before, after } = input;
  const now = scope === '' ? undefined : counterpartScope(input, scope);
  if (before === undefined || after === undefined || now === undefined) return false;
  const [old, fresh] = [bodyOf(before, scope), bodyOf(after, now)];
  if (old === undefined || fresh === undefined || old.ahead !== fresh.ahead) return false;
  const [was, is] = [old.decision, fresh.decision];
  const atoms = [...new Set([...atomsOf(was), ...atomsOf(is)])];
  if (atoms.length === 0 || atoms.length > MOST_ATOMS) return false;
  const answers = new Set<string>();
  for (const { holds, isOrdered } of rowsOf(atoms, after)) {
    const [then, now] = [answer(was, holds), answer(is, holds)];
    // What cannot be compared may be refused now, and may not be let through.
    if (then !== now && (isOrdered || !(now === 'false' || now.startsWith(REFUSES)))) return false;
    if (isOrdered) answers.add(then);
  }
  // One that always answers the same decides nothing.
  return answers.size > 1;
}

/**
 * The same of a guard that went into a function of its own which throws: `if (cents > MAX && !manager) throw` that is `if (cents <= MAX) return;
 * if (manager) return; throw` in `assertMayRefund`, which the old function calls.
 */
export function isAssertedInPart(input: RuleInput, guard: Guard): boolean {
  const { after } = input;
  const asked = truthOf(guard.test.match(WORDS) ?? []);
  if (after === undefined || asked === undefined || guard.exit !== 'throw') return false;
  return newCallsIn(input, guard.scope).some((call) => {
    const own = after.scopes.find(({ name }) => lastName(name) === lastName(call.callee) && isNewPart(input, name, guard.scope));
    const symbol = after.symbols.find(({ name }) => name === own?.name);
    // What an asynchronous one throws stops nobody who does not wait for it.
    if (own === undefined || symbol === undefined || (symbol.async && (call.use ?? 'discarded') === 'discarded')) return false;
    const body = readBody(after, own.name, givenTo(symbol.parameters, call));
    return body?.ahead === '' && refusesLike(body.decision, asked, after);
  });
}

/**
 * What the parameters of a function stand for in one call of it: `ownerId` for `berth.ownerId`. One that is handed nothing, or something
 * that is no plain value, is itself and no value of that name outside.
 */
function givenTo(parameters: readonly Parameter[], { args }: Call): ReadonlyMap<string, readonly string[]> {
  return new Map(
    parameters.flatMap(({ name }, at): readonly (readonly [string, readonly string[]])[] => {
      const said = args[at]?.replace(/!$/, '') ?? '';
      if (/^[\w$.?]+$/.test(said) && !/^\d/.test(said)) return [[name, said.match(WORDS) ?? []]];
      // Names that a pattern takes out of what is handed over: the same ones only where the same pattern is handed.
      return said === name ? [] : (name.match(/[A-Za-z_$][\w$]*/g) ?? []).map((own) => [own, [`(${said})`, own]] as const);
    }),
  );
}

const WORDS = /'[^']*'|"[^"]*"|[A-Za-z_$][\w$]*|\d+|[=!]==?|[<>]=?|&&|\|\||\?\.|[^\s\w]/g;

function refusesLike(decision: Decision, asked: Truth, facts: SourceFacts): boolean {
  const atoms = [...new Set([...atomsOf(decision), ...atomsOf(asked)])];
  if (atoms.length > MOST_ATOMS) return false;
  return rowsOf(atoms, facts).every(({ holds, isOrdered }) => {
    const [then, now] = [isTrue(asked, holds), answer(decision, holds).startsWith(REFUSES)];
    return then === now || (!isOrdered && now);
  });
}

interface Row {
  /** Undefined of an order whose sides cannot be compared. */
  readonly holds: (atom: string) => boolean | undefined;
  readonly isOrdered: boolean;
}

/** Every outcome of the conditions; in JavaScript also those where one side of an order is no number, and no order holds. */
function rowsOf(atoms: readonly string[], { language }: SourceFacts): readonly Row[] {
  const orders = language === 'typescript' ? atoms.filter((atom) => / > /.test(atom)) : [];
  return Array.from({ length: 2 ** atoms.length }, (_, row) => row).flatMap((row) =>
    [undefined, ...orders].map((odd) => ({
      holds: (atom: string): boolean | undefined => (atom === odd ? undefined : ((row >> atoms.indexOf(atom)) & 1) === 1),
      isOrdered: odd === undefined,
    })),
  );
}

function answer(decision: Decision, holds: Row['holds']): string {
  if (decision.kind === 'text') return decision.text;
  if (decision.kind === 'truth') return String(isTrue(decision.truth, holds));
  return answer(isTrue(decision.test, holds) ? decision.yes : decision.no, holds);
}

function isTrue(truth: Truth, holds: Row['holds']): boolean {
  if (truth.kind === 'atom') {
    const held = holds(truth.text);
    return held !== undefined && held !== (truth.opposite === true);
  }
  if (truth.kind === 'fixed') return truth.holds;
  if (truth.kind === 'not') return !isTrue(truth.of, holds);
  return truth.kind === 'all' ? truth.of.every((part) => isTrue(part, holds)) : truth.of.some((part) => isTrue(part, holds));
}

function atomsOf(of: Decision | Truth): readonly string[] {
  if (of.kind === 'if') return [...atomsOf(of.test), ...atomsOf(of.yes), ...atomsOf(of.no)];
  if (of.kind === 'truth') return atomsOf(of.truth);
  if (of.kind === 'atom') return [of.text];
  if (of.kind === 'not') return atomsOf(of.of);
  return of.kind === 'all' || of.kind === 'any' ? of.of.flatMap(atomsOf) : [];
}
