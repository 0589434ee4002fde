import type { Call, Guard } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { bodiesNamed } from '../code/named-bodies.ts';
import { isAccessName } from '../guards/guard-kinds.ts';

/** A check of access that is asked about somebody else than whoever asks. */
export interface ExchangedSubject {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
  /** Neither a function of the repository nor the thing beside it shows which of the two is asked about. */
  readonly isUnsure?: boolean;
}

/**
 * `can(actor, 'delete', order)` that became `can(order.owner, 'delete', order)`, `user.has_perm(…)` that became `doc.author.has_perm(…)`,
 * `outranks(user, author)` with its two turned, and `doc.ownerId !== user.id` that compares the document with itself.
 */
export function* exchangedSubjects(input: RuleInput): Generator<ExchangedSubject> {
  const told = new Set<number>();
  for (const found of [...ofCalls(input), ...ofComparisons(input)]) {
    if (told.has(found.range.start.line)) continue;
    told.add(found.range.start.line);
    yield found;
  }
}

function* ofCalls(input: RuleInput): Generator<ExchangedSubject> {
  for (const now of input.added.calls) {
    if (now.kind !== 'call' || !isCheck(now)) continue;
    const was = input.removed.calls.find(
      (old) =>
        lastName(old.callee) === lastName(now.callee) &&
        old.args.length === now.args.length &&
        counterpartScope(input, old.scope) === now.scope,
    );
    if (was === undefined) continue;
    const [old, fresh] = [partsOf(was), partsOf(now)];
    const at = old.findIndex((part, index) => part !== fresh[index]);
    if (isTurned(was.args, now.args)) {
      if (!SYMMETRIC.test(words(lastName(now.callee))) && !isDeclaredAnew(input, now))
        yield { range: now.range, was: was.args.join(', '), now: now.args.join(', '), isUnsure: !isDirected(input, now) };
      continue;
    }
    const [one = '', other = ''] = [old[at], fresh[at]];
    if (isActor(one) && isOfThing(other, fresh)) yield { range: now.range, was: one, now: other, isUnsure: !isBeside(other, fresh) };
  }
}

/** What a call is asked of, and what it is handed. */
function partsOf({ callee, args }: Call): readonly string[] {
  return [receiver(callee), ...args];
}

const CHECK =
  /^(?:can|may|is owner|owns|has perm\w*|has permission|has role|allows?|allowed|enforce|authori[sz]e\w*|permits?|is allowed|outranks|has higher rank|manages|is member|is admin\w*)\b/;

function isCheck({ callee, args }: Call): boolean {
  const name = lastName(callee);
  return (isAccessName(name) || CHECK.test(words(name))) && args.length > 0;
}

/** A question whose two sides may change places. */
const SYMMETRIC = /\b(?:same|equals?|shares?|between|matches|match|compare|compares|related|friends?)\b/;

/** The name says which side is the higher one, or the repository has the function, which still takes them in the old order. */
function isDirected(input: RuleInput, { callee }: Call): boolean {
  return (
    /\b(?:outranks|rank|above|manages|owns|owner|superior|senior)\b/.test(words(lastName(callee))) ||
    bodiesNamed(input, 'after', callee).length > 0
  );
}

/** The same two, the other way round; a text that says what is asked for is no side. */
function isTurned(was: readonly string[], now: readonly string[]): boolean {
  const moved = was.filter((argument, at) => argument !== now[at]);
  return (
    moved.length === 2 &&
    moved.every((argument) => /^[A-Za-z_$][\w$.?!()]*$/.test(argument)) &&
    [...was].sort().join() === [...now].sort().join() &&
    moved.some(isActor)
  );
}

/** The function itself takes them in another order now. */
function isDeclaredAnew({ before, after, ...input }: RuleInput, { callee }: Call): boolean {
  const name = lastName(callee);
  const own = after?.symbols.find((symbol) => lastName(symbol.name) === name);
  const old = before?.symbols.find((symbol) => lastName(symbol.name) === name);
  return (own !== undefined && own.key !== old?.key) || input.addedElsewhere().symbols.some((symbol) => lastName(symbol.name) === name);
}

const ACTOR =
  /^(?:(?:current|acting|signed in|logged in|auth|the|calling|session) ?)?(?:user|actor|caller|principal|viewer|me|requester|requestor|claims|identity|operator|issuer|performer|initiator|session|authentication|auth)(?: id)?$/;
const CARRIER = /^(?:req|request|ctx|context|c|g|self|this|info|locals|state|event|res)$/;

/** Whoever asks: `actor`, `req.user.id`, `ctx.state.user`. */
function isActor(text: string): boolean {
  const path = text.replace(/[?!&*]|\(\)/g, '').split('.');
  const [root = ''] = path;
  if (!/^[A-Za-z_$][\w$.]*$/.test(path.join('.'))) return false;
  return ACTOR.test(words(root)) || (CARRIER.test(root) && path.slice(1).some((part) => ACTOR.test(words(part))));
}

/** Somebody whom the thing itself names: `doc.getOwner()` beside `doc`, `order.customer`. */
function isOfThing(text: string, parts: readonly string[]): boolean {
  const path = text.replace(/[?!&*]|\(\)/g, '').split('.');
  const [root = ''] = path;
  if (!/^[A-Za-z_$][\w$.]*$/.test(path.join('.')) || isActor(text) || CARRIER.test(root)) return false;
  const last = words(path.at(-1) ?? '').replace(/^get /, '');
  return (
    isBeside(text, parts) ||
    /\b(?:owner|author|customer|creator|holder|recipient|target|assignee|seller|buyer|uploader|member)(?: id)?$/.test(last)
  );
}

/** The thing whose holder it is, is handed over as well. */
function isBeside(text: string, parts: readonly string[]): boolean {
  const [root, ...rest] = text.replace(/[?!&*]|\(\)/g, '').split('.');
  return rest.length > 0 && parts.some((part) => part !== text && part.split(/[.([]/)[0] === root);
}

function* ofComparisons(input: RuleInput): Generator<ExchangedSubject> {
  const asks = [...input.added.guards, ...input.added.conditions];
  for (const now of asks) {
    const sides = sidesOf(now);
    const roots = new Set(sides.map((side) => side.split('.')[0]));
    if (sides.length !== 2 || roots.size !== 1 || sides.some(isActor) || sides.some((side) => !side.includes('.'))) continue;
    const was = [...input.removed.guards, ...input.removed.conditions].find((old) => {
      const others = sidesOf(old);
      return counterpartScope(input, old.scope) === now.scope && others.some(isActor) && others.some((side) => sides.includes(side));
    });
    if (was !== undefined) yield { range: now.range, was: was.test, now: now.test };
  }
}

/** The two sides of one comparison. */
function sidesOf({ test }: Pick<Guard, 'test'>): readonly string[] {
  const sides = test.split(/ [!=]==? /);
  return sides.length === 2 && sides.every((side) => /^[A-Za-z_$][\w$.?]*(?:\(\))?$/.test(side)) ? sides : [];
}
