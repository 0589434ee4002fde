import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { isIn, partScopes, workScopes } from '../code/own-parts.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { callsInside, type GuardKind, guardKind } from './guard-kinds.ts';

const EXTENSIONS = ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.py', '.go', '.java', '.rs'];

/** More files than this that might hold the function say that its name is a common one. */
const MOST_FILES = 12;

/**
 * Calls of this hunk that asked a function of the project, whatever its name, which refuses by a guard of this kind, in a
 * function that stays and asks it no more: `fetchOrFail(url)` that became `fetch(url)`. What the new code asks instead is for the
 * rule to say. Of other calls of the before side where they are given.
 */
export function lostOwnChecks(input: RuleInput, kind: GuardKind, calls: readonly Call[] = input.removed.calls): readonly Call[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  return calls.filter((call) => {
    const name = lastName(call.callee);
    if (call.scope === '' || !isOwnName(call)) return false;
    const scope = counterpartScope(input, call.scope);
    const isAsked = (other: Call): boolean => lastName(other.callee) === name || other.args.some((argument) => isHandedOn(argument, name));
    if (scope === undefined) return false;
    // Also in a new function that the own one hands on by its name: `new Worker(queue, run)`.
    const asking = after.calls.filter(isAsked);
    const parts = asking.length === 0 ? [] : partScopes(after, scope).filter((part) => part === scope || !hasScope(before, part));
    if (asking.some((other) => isIn(parts, other.scope))) return false;
    if (!refusesBy(input, 'before', name, kind) || isExtracted(input, call)) return false;
    // It stays and refuses nobody any more: that is told of itself, or it has another way.
    if (refusesHere(after, name, kind, 'after') === false || wentWithItsWork(input, name, scope)) return false;
    // Another function of the project, or the same one under another name, asks it now.
    return !newCallsIn(input, call.scope).some((other) => isOwnName(other) && refusesBy(input, 'after', lastName(other.callee), kind));
  });
}

/** The function went with its whole file, and nothing that it did is done here now: its question was about that. */
function wentWithItsWork(input: RuleInput, name: string, scope: string): boolean {
  const { trees, path, after } = input;
  const extension = path.slice(path.lastIndexOf('.'));
  const homes = trees.before.mentioning(name, EXTENSIONS.includes(extension) ? [extension as `.${string}`] : []);
  const gone = homes.filter((home) => home !== path && trees.after.read(home) === undefined);
  if (homes.length > MOST_FILES || gone.length === 0) return false;
  const done = new Set(after?.calls.filter((call) => within(call.scope, scope)).map(({ callee }) => lastName(callee)));
  return gone.some((home) => {
    const facts = input.factsAt('before', home);
    const own = facts?.symbols.find((symbol) => symbol.kind === 'function' && symbol.exported && symbol.name === name);
    return own !== undefined && !facts?.calls.some((call) => within(call.scope, name) && done.has(lastName(call.callee)));
  });
}

/** By its name, to whatever calls it then: `r.Use(gate.signedIn)`, `rows.map(this::checked)`. */
function isHandedOn(argument: string, name: string): boolean {
  return argument.endsWith(name) && /^(?:[A-Za-z_$][\w$]*(?:\.|::))*[A-Za-z_$][\w$]*$/.test(argument) && lastName(argument) === name;
}

function isOwnName({ kind, callee }: Call): boolean {
  const name = lastName(callee);
  return kind === 'call' && /^[A-Za-z_]\w{2,}$/.test(name) && !COMMON.test(name);
}

/** Names of the standard libraries, which every file has and no project means. */
const COMMON =
  /^(map|filter|find|get|set|has|add|push|join|split|then|catch|format|print|println|printf|log|info|warn|error|debug|len|str|int|float|list|dict|range|append|String|Number|Boolean|parse|stringify|toString|equals|size|isEmpty|contains|of|from|new|close|open|read|write|save|update|create|delete|remove|insert|query|execute|fetch|send|run|start|stop|next|call|apply|bind|keys|values|items|entries|slice|trim|replace|test|match|exec|load|init|resolve|reject|all|require|unwrap|clone|into|collect|iter|Sprintf|Errorf|Println|Printf)$/;

function refusesBy(input: RuleInput, side: Side, name: string, kind: GuardKind): boolean {
  const known = answers.get(input) ?? new Map<string, boolean>();
  answers.set(input, known);
  const key = `${side} ${kind} ${name}`;
  const found = known.get(key) ?? findRefusal(input, side, name, kind);
  known.set(key, found);
  return found;
}

const answers = new WeakMap<RuleInput, Map<string, boolean>>();

function findRefusal(input: RuleInput, side: Side, name: string, kind: GuardKind): boolean {
  const own = input[side];
  const here = own === undefined ? undefined : refusesHere(own, name, kind, side);
  if (here !== undefined) return here;
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const family = /^\.(ts|tsx|js|mjs|cjs)$/.test(extension) ? EXTENSIONS.slice(0, 5) : [extension];
  const paths = EXTENSIONS.includes(extension) ? input.trees[side].mentioning(name, family) : [];
  const others = paths.filter((path) => path !== input.path && !/(^|[/._-])(tests?|specs?|mocks?|fixtures?)([/._-]|$)/i.test(path));
  if (others.length > MOST_FILES) return false;
  for (const path of others) {
    const facts = input.factsAt(side, path);
    const said = facts === undefined ? undefined : refusesHere(facts, name, kind, side);
    if (said !== undefined) return said;
  }
  return false;
}

/**
 * Undefined where the file has no function of this name. What is asked now may leave the question to a function of its own file:
 * a class that became functions is cut up anew.
 */
function refusesHere(facts: SourceFacts, name: string, kind: GuardKind, side: Side): boolean | undefined {
  const symbols = facts.symbols.filter(
    (symbol) => (symbol.kind === 'function' || symbol.kind === 'method') && lastName(symbol.name) === name,
  );
  if (symbols.length === 0) return undefined;
  const scopes = symbols.flatMap((symbol) => (side === 'before' ? [symbol.name] : workScopes(facts, symbol.name)));
  return facts.guards.some(
    (guard) =>
      (guard.exit === 'throw' || guard.exit === 'answer') &&
      isIn(scopes, guard.scope) &&
      guardKind(guard, callsInside(guard, facts.calls)) === kind,
  );
}
