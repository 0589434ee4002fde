import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { tokensOf } from '../code/token-lines.ts';

/** More files than this that name a type say that its name is a common one. */
const MOST_FILES = 4;

/**
 * True where the guarded value has a type of this change now that nobody can make of a value which the guard refused: a record of Java
 * whose constructor throws, a type of Rust whose `try_from` is the only way in, also for serde (`#[serde(try_from = "i64")]`).
 */
export function isProvenByType(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || !/^(?:java|rust)$/.test(after.language)) return false;
  const parts = guard.test.split(' || ').map((part) => COMPARES.exec(part));
  const [subject] = parts.map((part) => part?.[1]);
  if (subject === undefined || parts.some((part) => part?.[1] !== subject)) return false;
  const type = typeOf(input, after, { subject, scope });
  if (type === undefined || typeOf(input, before, { subject, scope: guard.scope }) === type) return false;
  return declaredIn(input, type).some(
    (facts) =>
      isOnlyMadeByProof(facts, type) &&
      parts.every((part) =>
        facts.guards.some((fresh) => {
          const asked = fresh.exit === 'throw' && MAKERS.test(fresh.scope.slice(type.length)) && fresh.scope.startsWith(`${type}.`);
          return asked && fresh.test.split(' || ').some((other) => isSameBound([part, before], [COMPARES.exec(other), facts]));
        }),
      ),
  );
}

/** `req.amount_cents <= 0`, `request.nights() > MAX_NIGHTS`. */
const COMPARES = /^([A-Za-z_][\w.]*)(?:\(\))? (<=?|>=?) ([\w.:]+)$/;

const MAKERS = /^\.(?:try_from|try_new|new|from_str|parse|constructor)$/;

/** The type of a parameter, or of a field of its type: `amount_cents` of `PayoutRequest`. */
function typeOf(
  input: RuleInput,
  facts: SourceFacts,
  { subject, scope }: { readonly subject: string; readonly scope: string },
): string | undefined {
  const [root = '', field, ...deeper] = subject.split('.');
  const type = plain(
    symbolsNamed(facts, scope)
      .flatMap(({ parameters }) => parameters)
      .find(({ name }) => name === root)?.type,
  );
  if (field === undefined || deeper.length > 0 || type === undefined) return deeper.length > 0 ? undefined : type;
  const side = facts === input.before ? 'before' : 'after';
  const holders = hasScope(facts, type) ? [facts] : filesWith(input, type, side);
  const name = `${type}.${field.replace(/^get([A-Z])/, (_, first: string) => first.toLowerCase())}`;
  return plain(holders.flatMap((holder) => symbolsNamed(holder, name)).find(({ kind }) => kind === 'property')?.type);
}

/** `&PayoutAmount` is a `PayoutAmount`; what may be nothing, or is a list, proves nothing by itself. */
function plain(type: string | undefined): string | undefined {
  return /^(?:&(?:mut )?|Json<|Valid<|Form<)?([A-Z]\w+)>?$/.exec(type ?? '')?.[1];
}

function filesWith(input: RuleInput, type: string, side: 'before' | 'after'): readonly SourceFacts[] {
  const extension: `.${string}` = input.path.endsWith('.rs') ? '.rs' : '.java';
  const paths = input.trees[side].mentioning(type, [extension]).filter((path) => path !== input.path);
  return paths.length > MOST_FILES
    ? []
    : paths.flatMap((path) => {
        const facts = input.factsAt(side, path);
        return facts === undefined || !hasScope(facts, type) ? [] : [facts];
      });
}

/** Where the type stands, as far as the change brought it. */
function declaredIn(input: RuleInput, type: string): readonly SourceFacts[] {
  const { before, after } = input;
  if (after !== undefined && hasScope(after, type)) return before !== undefined && hasScope(before, type) ? [] : [after];
  return input.addedElsewhere().symbols.some(({ name, kind }) => name === type && kind === 'class') ? filesWith(input, type, 'after') : [];
}

/** A record of Java runs its constructor always; a type of Rust hides its field, and serde reads it by what asks. */
function isOnlyMadeByProof(facts: SourceFacts, type: string): boolean {
  const said = tokensOf(facts, type);
  if (facts.language === 'java') return facts.symbols.some(({ name }) => name === `${type}.constructor`) && !/\bset[A-Z]\w*\(/.test(said);
  const marks = facts.calls.filter(({ kind, scope }) => kind === 'decorator' && scope === type);
  const isRead = marks.some(({ callee, args }) => callee === 'derive' && args.some((argument) => lastName(argument) === 'Deserialize'));
  const isAsked = marks.some(({ callee, args }) => callee === 'serde' && args.some((argument) => argument.startsWith('try_from')));
  const isOpen =
    new RegExp(`struct ?${type}\\((?:[^)]*,)?pub`).test(facts.text ?? '') ||
    marks.some(({ callee, args }) => callee === 'derive' && args.some((argument) => /^(?:Default|From|Deref(?:Mut)?)$/.test(argument)));
  return !isOpen && (!isRead || isAsked);
}

type Side = readonly [RegExpExecArray | null, SourceFacts];

/** The same side and at least the same bound; a whole number that must be above 0 is one from 1. */
function isSameBound([old, before]: Side, [fresh, after]: Side): boolean {
  const [, , was = '', bound = ''] = old ?? [];
  const [, , now = '', other = ''] = fresh ?? [];
  if (was === '' || was[0] !== now[0]) return false;
  const [least, most] = [numberIn(lastName(bound), before), numberIn(lastName(other), after)];
  if (least === undefined || most === undefined) return was === now && lastName(bound) === lastName(other);
  return was[0] === '<'
    ? most > least || (most === least && now.length >= was.length)
    : most < least || (most === least && now.length >= was.length);
}
