import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, receiver } from '../code/call-names.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { keepOf } from '../code/kept.ts';
import { routeOf } from './route-items.ts';

/** A guard that is put on a router when routes which it stood in front of are already there. */
export interface LateMount {
  readonly side: Side;
  readonly range: Range;
  readonly item: string;
  /** The address of the first route that it comes too late for. */
  readonly route: string;
}

/**
 * Guards put on a whole router (`app.use('/api', signedIn)`, `r.Use(auth)`) that stand behind routes now, in this file or in another one
 * of the change that they went to: a router asks in the order in which things were put on it.
 */
export function lateMounts(input: RuleInput, isWanted: (name: string) => boolean): readonly LateMount[] {
  const { before, after, hunk } = input;
  if (before === undefined) return [];
  const isHere = ({ range }: Call, side: Side): boolean => holdsLine(hunk[side], range.start.line);
  return mountsOf(before).flatMap((call): readonly LateMount[] => {
    const item = call.args.find((argument) => literal(argument) === undefined && isWanted(nameOf(argument)));
    if (item === undefined) return [];
    const guarded = standing(before, call, 'behind').map(addressOf);
    // One that stood behind routes already guarded what came later, as it was meant to.
    if (guarded.length === 0 || standing(before, call, 'ahead').length > 0) return [];
    const facts = after?.calls.some((other) => isSame(other, call)) === true ? after : fileWith(input, call, nameOf(item));
    const now = facts?.calls.find((other) => isSame(other, call));
    if (facts === undefined || now === undefined) return [];
    const late = standing(facts, now, 'ahead').find((other) => guarded.some((address) => isUnder(address, addressOf(other))));
    if (late === undefined) return [];
    const route = addressOf(late);
    if (isHere(call, 'before')) return [{ side: 'before', range: call.range, item, route }];
    return facts === after && isHere(late, 'after') ? [{ side: 'after', range: late.range, item, route }] : [];
  });
}

/** Of the old side, which stays the same from one keystroke to the next. */
const mountsOf = keepOf(({ calls }: SourceFacts): readonly Call[] => calls.filter(isMount));

function isMount({ kind, callee, args }: Call): boolean {
  return kind === 'call' && /^use$/i.test(lastName(callee)) && receiver(callee) !== '' && args.length > 0;
}

function isSame(one: Call, other: Call): boolean {
  return lastName(one.callee) === lastName(other.callee) && one.args.join() === other.args.join();
}

/** Routes of the same router, and routers put on it, above or below a guard and under its address. */
function standing(facts: SourceFacts, mount: Call, side: 'ahead' | 'behind'): readonly Call[] {
  const prefix = literal(mount.args[0])?.replace(/(?<![/*])[/*]+$/, '') ?? '';
  return facts.calls.filter((call) => {
    const { line } = call.range.start;
    const isThere = side === 'ahead' ? line < mount.range.start.line : line > mount.range.end.line;
    if (!isThere || call.scope !== mount.scope || receiver(call.callee) !== receiver(mount.callee)) return false;
    const isRouter = isMount(call) && literal(call.args[0]) !== undefined && call.args.length > 1;
    return (isRouter || routeOf(call) !== undefined) && isUnder(addressOf(call), prefix);
  });
}

function addressOf(call: Call): string {
  return (literal(call.args[0]) ?? '').replace(/^[A-Z]+ (?=\/)/, '').replace(/(?<=^\/|[^/])\/+$/, '');
}

function isUnder(address: string, prefix: string): boolean {
  return prefix === '' || address === prefix || address.startsWith(`${prefix.replace(/\/$/, '')}/`);
}

/** The file of the change that the guard went to. */
function fileWith({ trees, path, factsAt, addedElsewhere }: RuleInput, call: Call, name: string): SourceFacts | undefined {
  const moved = addedElsewhere().calls.find((other) => isMount(other) && isSame(other, call));
  if (moved === undefined) return undefined;
  const extension = path.slice(path.lastIndexOf('.'));
  return trees.after
    .mentioning(lastName(name), /^\.[cm]?[jt]sx?$/.test(extension) ? ['.ts', '.js', '.mjs', '.cjs'] : [extension])
    .slice(0, MOST_FILES)
    .map((other) => factsAt('after', other))
    .find((facts) => facts?.calls.some(({ key }) => key === moved.key));
}

const MOST_FILES = 12;

function nameOf(item: string): string {
  return /^[\w$.]+/.exec(item)?.[0] ?? item;
}
