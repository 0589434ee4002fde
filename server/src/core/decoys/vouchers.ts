import type { AnalysedChange } from '../facts/analyse-change.ts';
import type { FileAnalysis } from '../facts/analyse-file.ts';
import type { Call, Condition, Guard, Scope, SourceFacts } from '../model/facts.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { tokensOn } from '../rules/vocabulary/code/code-text.ts';
import { calleesIn, counterpartScope, hasScope, within } from '../rules/vocabulary/code/counterpart.ts';
import { changesState } from '../rules/vocabulary/guards/lost-wraps.ts';
import { goneScopes, lockWords, lossesOf, programOf, wordsOf } from './losses.ts';
import { keepsItsRefusals } from './refused-by-itself.ts';

/** A function that a change brought and that speaks of what another one lost: it may seem to ask it now. */
export interface Voucher {
  readonly file: FileAnalysis;
  readonly facts: SourceFacts;
  readonly place: Scope;
  /** The name that it is called by. */
  readonly name: string;
  readonly guards: readonly Guard[];
  /** How it refuses: it ends whoever calls it, or it answers and stops only who looks. Both where it does either. */
  readonly throws: boolean;
  readonly answers: boolean;
}

/** New functions of the program that speak of what others lost. None that does the work itself: that one took the work over. */
export function vouchersOf(analysed: AnalysedChange): readonly Voucher[] {
  const losses = lossesOf(analysed);
  if (losses.length === 0) return [];
  const lost = new Set(losses.flatMap(({ words }) => [...words]));
  const works = new Set(
    losses.flatMap(({ fact }) => (fact !== undefined && 'callee' in fact && changesState(fact) ? [lastName(fact.callee)] : [])),
  );
  const gone = programOf(analysed).flatMap((file) => goneScopes(file).map((scope) => ({ file, scope })));
  return programOf(analysed).flatMap((file): readonly Voucher[] => {
    const { before, after } = file;
    if (after === undefined || !/^(?:typescript|python|go|java)$/.test(after.language)) return [];
    return after.scopes.flatMap((place): readonly Voucher[] => {
      const name = lastName(place.name);
      if (!isFunction(after, place.name) || (before !== undefined && hasScope(before, place.name))) return [];
      const isInside = ({ scope }: { readonly scope: string }): boolean => within(scope, place.name);
      const [guards, conditions, calls] = [after.guards.filter(isInside), after.conditions.filter(isInside), after.calls.filter(isInside)];
      const speaks = [...wordsOf([...guards, ...conditions, ...calls]), ...lockWords(after, place.startLine, place.endLine)].some((word) =>
        lost.has(word),
      );
      const voucher = { file, facts: after, place, name, guards, ...refusals(after, place, { guards, conditions, calls }) };
      if (!(speaks || keepsItsRefusals(voucher)) || calls.some(({ callee }) => works.has(lastName(callee)))) return [];
      // What only recovers holds a panic back wherever it is deferred, and need not stop anybody.
      const recovers = after.language === 'go' && calls.some(({ callee }) => callee === 'recover');
      if (recovers && guards.every(({ test }) => RECOVERED.test(test))) return [];
      if (gone.some((old) => isSuccessor(old, file, place.name))) return [];
      return [voucher];
    });
  });
}

/** Whether there was a panic: `r != nil`, `r := recover(); r != nil`, and with it what it was. */
const RECOVERED = /\brecover\(\)|^(?:r|rec|p|v|cause|reason|recovered|panicked) (?:!=|==) nil$/;

/** A function of the file or of a class: what a function makes, or what stands in a table, is named by what holds it. */
export function isFunction({ symbols, language }: SourceFacts, name: string): boolean {
  const has = (wanted: string, kinds: RegExp): boolean => symbols.some((symbol) => symbol.name === wanted && kinds.test(symbol.kind));
  const owner = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  // A method of Go may stand in another file than its type.
  return has(name, /^(?:function|method)$/) && (owner === '' || has(owner, /^(?:class|interface|type|enum)$/) || language === 'go');
}

/** A function that is gone under its own name may be this one: it has the name, stands for it, or calls half of the same. */
function isSuccessor({ file, scope }: { readonly file: FileAnalysis; readonly scope: string }, own: FileAnalysis, name: string): boolean {
  const { before } = file;
  if (lastName(scope) === lastName(name)) return true;
  if (before === undefined || own.after === undefined) return false;
  if (file === own && counterpartScope(own, scope) === name) return true;
  const old = new Set(calleesIn(before.calls, scope).map(lastName));
  const now = new Set(calleesIn(own.after.calls, name).map(lastName));
  const shared = [...now].filter((callee) => old.has(callee)).length;
  return shared >= 2 && shared * 2 >= Math.min(old.size, now.size);
}

interface Asked {
  readonly guards: readonly Guard[];
  readonly conditions: readonly Condition[];
  readonly calls: readonly Call[];
}

function refusals(facts: SourceFacts, place: Scope, { guards, conditions, calls }: Asked): Pick<Voucher, 'throws' | 'answers'> {
  // What Go refuses with is an answer.
  const byValue = facts.language === 'go';
  const raises = !byValue && guards.some(({ exit }) => exit === 'throw');
  const ends = calls.some(({ callee }) => ENDS.test(lastName(callee)));
  const decides = conditions.some(({ kind, reads }) => kind === 'answers' && reads.length > 0);
  const answers = decides || (givesBack(facts, place) && guards.some(({ exit }) => exit === 'return' || (byValue && exit === 'throw')));
  return { throws: raises || ends, answers };
}

/** Calls that may not come back. */
const ENDS = /^(?:panic|exit|abort|Exit|Fatalf?|redirect|notFound|raise_for_status)$|OrThrow$|_or_(?:404|raise|fail)$/;

/** A `return` with something behind it. */
function givesBack(facts: SourceFacts, { startLine, endLine }: Scope): boolean {
  const tokens = tokensOn(facts, startLine, endLine);
  return tokens.some(
    ({ text, line }, at) => text === 'return' && tokens[at + 1]?.line === line && !/^[;}]$/.test(tokens[at + 1]?.text ?? ';'),
  );
}
