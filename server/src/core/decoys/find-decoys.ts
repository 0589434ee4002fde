import type { AnalysedChange } from '../facts/analyse-change.ts';
import type { FileAnalysis } from '../facts/analyse-file.ts';
import type { SourceFacts } from '../model/facts.ts';
import type { Range } from '../model/range.ts';
import type { BlindSpot, RepoPath, Tree } from '../model/tree.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { tokensOn } from '../rules/vocabulary/code/code-text.ts';
import { hasScope, within } from '../rules/vocabulary/code/counterpart.ts';
import { keepOf, keepOfBoth } from '../rules/vocabulary/code/kept.ts';
import { importsOf } from './imports.ts';
import { type Loss, lossesOf, programOf } from './losses.ts';
import { type NamedCall, namingsOf } from './namings.ts';
import { keepsItsRefusals } from './refused-by-itself.ts';
import { shellDecoysOf } from './shell-decoys.ts';
import { guardOf } from './turned-answers.ts';
import { isVain } from './vain-calls.ts';
import { isFunction, type Voucher, vouchersOf } from './vouchers.ts';

/** Something of the after side that speaks of what was lost and stops nobody: a whole function, or one call of it. */
export interface Decoy {
  readonly file: FileAnalysis;
  /** Whole lines for a function, a stretch of text for a call. */
  readonly range: Range;
  readonly kind: 'function' | 'call';
  /** Functions that lost something and that it stops all the same. */
  readonly stops: (loss: Loser) => boolean;
}

/** A function of the after side that lost something. */
type Loser = Pick<Loss, 'file' | 'scope'>;

/** More functions than this are not followed: one edit brings a few, and each is sought in every file of the change. */
const MOST_VOUCHERS = 60;

/** What was found, and what was not looked at for lack of room. */
export interface FoundDecoys {
  readonly decoys: readonly Decoy[];
  readonly blindSpots: readonly BlindSpot[];
}

/**
 * What of a change must not be believed when it is asked where a lost guard went: a new function that nobody calls, or whose calls all
 * come to nothing, and these calls themselves. Where some call it well, it counts for those whom these lead to, or who come to these.
 */
export function decoysOf(analysed: AnalysedChange, after: Tree): FoundDecoys {
  const losses = lossesOf(analysed);
  const vouchers = losses.length === 0 ? [] : vouchersOf(analysed);
  const found = vouchers.slice(0, MOST_VOUCHERS).flatMap((voucher) => ofVoucher(voucher, analysed, after, losses));
  const believed = vouchers.slice(MOST_VOUCHERS);
  const paths = [...new Set(believed.map(({ file }) => file.file.path))];
  const blindSpots = paths.map((path): BlindSpot => ({ path, reason: 'calls-capped', detail: believedIn(path, believed) }));
  return { decoys: [...found, ...shellDecoysOf(analysed)], blindSpots };
}

function believedIn(path: RepoPath, believed: readonly Voucher[]): string {
  const own = believed.filter(({ file }) => file.file.path === path);
  return `${own.length} new ${own.length === 1 ? 'function' : 'functions'}, limit ${MOST_VOUCHERS} in a change`;
}

function ofVoucher(voucher: Voucher, analysed: AnalysedChange, after: Tree, losses: readonly Loss[]): readonly Decoy[] {
  const stopsNobody = (): boolean => false;
  const { calls, handedOn } = namingsOf(analysed, after, voucher);
  if (keepsItsRefusals(voucher)) return [wholeOf(voucher, stopsNobody), ...calls.flatMap((named) => callOf(named, stopsNobody))];
  if (handedOn) return [];
  const isIn = ({ facts, call }: NamedCall, { file, scope }: Loss): boolean => file.after === facts && within(call.scope, scope);
  const vain = calls.filter((named) => isVain({ ...named, voucher, losses: losses.filter((loss) => isIn(named, loss)) }));
  const well = calls.filter((named) => !vain.includes(named));
  const idle = vain.filter(({ facts, call }) => !well.some((other) => other.facts === facts && other.call.scope === call.scope));
  const stops = keepOf(
    (loss: Loser): boolean => well.some((named) => standsIn(named, loss)) || well.some((named) => comesBy(analysed, named, loss)),
  );
  const isNeeded = losses.some((loss) => !stops(loss));
  if (!isNeeded || (well.length > 0 && idle.length === 0 && losses.every(stops))) return [];
  return [wholeOf(voucher, stops), ...idle.flatMap((named) => callOf(named, stops))];
}

/** A call, and the condition that asks for it alone: with its answer gone it would seem to ask for something else. */
function callOf({ file, facts, call }: NamedCall, stops: Decoy['stops']): readonly Decoy[] {
  const own: Decoy = { file, range: call.range, kind: 'call', stops };
  const guard = guardOf(facts, call);
  if (guard === undefined) return [own];
  const whole: Decoy = { file, range: guard.range, kind: 'function', stops };
  return guard.range.start.line <= call.range.start.line ? [whole] : [own, whole];
}

function wholeOf({ file, place }: Voucher, stops: Decoy['stops']): Decoy {
  const range = { start: { line: place.startLine, character: 0 }, end: { line: place.endLine + 1, character: 0 } };
  return { file, range, kind: 'function', stops };
}

/** Whether what a call asks is asked for a function that lost something: the call stands in it. */
function standsIn({ call, facts }: NamedCall, { scope, file }: Loser): boolean {
  return file.after === facts && within(call.scope, scope);
}

/** Or in what it calls, or in a function that calls it too, by itself or through another one. */
function comesBy(analysed: AnalysedChange, named: NamedCall, { scope }: Loser): boolean {
  const saidBeside = placeOf(analysed, named);
  if (scope === '' || saidBeside === 'anywhere') return true;
  const [own, asking] = [lastName(scope), lastName(named.call.scope)];
  // It hands it on, or puts something in front of it.
  if (saidBeside.has(own)) return true;
  const { from, to } = reachOf(analysed);
  if (from(own).has(asking) || from(asking).has(own)) return true;
  const [one, other] = [to(own), to(asking)];
  return [...one].some((name) => name !== '' && other.has(name));
}

/** What the function says that a call stands in; one that is handed on, or is no function, may be asked from anywhere. */
const placeOf = keepOfBoth((analysed: AnalysedChange, { call, facts }: NamedCall): ReadonlySet<string> | 'anywhere' => {
  if (call.scope === '' || isHandedOn(facts, call.scope, analysed)) return 'anywhere';
  const place = facts.scopes.find(({ name }) => name === call.scope);
  return place === undefined ? 'anywhere' : new Set(tokensOn(facts, place.startLine, place.endLine).map(({ text }) => text));
});

/** A new function that is named without being called: a table, or whoever it is handed to, calls it for any of the others. */
function isHandedOn(facts: SourceFacts, scope: string, analysed: AnalysedChange): boolean {
  const file = programOf(analysed).find(({ after }) => after === facts);
  if (file === undefined || (file.before !== undefined && hasScope(file.before, scope))) return false;
  return !isFunction(facts, scope) || isNamedUncalled(analysed, lastName(scope));
}

function isNamedUncalled(analysed: AnalysedChange, name: string): boolean {
  return programOf(analysed).some(({ after }) => {
    if (after === undefined) return false;
    const { tokens } = after;
    const declared = new Set(after.scopes.filter((scope) => lastName(scope.name) === name).map(({ startLine }) => startLine));
    return tokens.some(
      ({ text, line }, at) => text === name && tokens[at + 1]?.text !== '(' && !declared.has(line) && !importsOf(after).holds(at),
    );
  });
}

const callsOf = keepOf((analysed: AnalysedChange): ReadonlyMap<string, ReadonlySet<string>> => {
  const graph = new Map<string, Set<string>>();
  for (const { after } of programOf(analysed))
    for (const { scope, callee } of after?.calls ?? [])
      for (const part of scope.split('.').filter((each) => /^[\w$#]+$/.test(each))) {
        const known = graph.get(part) ?? new Set<string>();
        known.add(lastName(callee));
        graph.set(part, known);
      }
  return graph;
});

const MOST_HOPS = 3;

/** The names that a name leads to in a few calls, and those that lead to it; each is sought once for a change. */
const reachOf = keepOf((analysed: AnalysedChange) => {
  const graph = callsOf(analysed);
  const back = new Map<string, Set<string>>();
  for (const [name, callees] of graph) for (const callee of callees) back.set(callee, (back.get(callee) ?? new Set()).add(name));
  return { from: nearOf(graph), to: nearOf(back) };
});

function nearOf(graph: ReadonlyMap<string, ReadonlySet<string>>): (name: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (name) => {
    const found = known.get(name) ?? near(graph, name);
    known.set(name, found);
    return found;
  };
}

function near(graph: ReadonlyMap<string, ReadonlySet<string>>, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  let now: readonly string[] = [from];
  for (let hop = 0; hop < MOST_HOPS && now.length > 0; hop += 1) {
    const next = now.flatMap((name) => [...(graph.get(name) ?? [])]).filter((name) => !seen.has(name));
    for (const name of next) seen.add(name);
    now = [...new Set(next)];
  }
  return seen;
}
