import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { tokensOf } from '../code/token-lines.ts';

/** More files than this that name a class say that its name is a common one. */
const MOST_FILES = 4;

/**
 * True where a validator of the class that the function is handed now refuses what the guard refused: `if self.arrival < date.today(): raise`
 * in a `model_validator` of `BookingIn`, for `if date.fromisoformat(body.arrival) < date.today()` in the route that takes one. The validator
 * is news of this change, and something calls it: a model where it is made, a form or a serializer where `is_valid()` is asked.
 */
export function isValidatedInstead(input: RuleInput, guard: Guard): boolean {
  const { after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (after?.language !== 'python' || scope === undefined || scope === '' || guard.exit === 'break') return false;
  if (isValidatedByField(input, guard, scope)) return true;
  const wanted = reasonsOf(guard.test);
  if (wanted.some((reason) => reason.length < SHORTEST || !/[A-Za-z_]{3}/.test(reason))) return false;
  const text = tokensOf(after, scope);
  const typed = symbolsNamed(after, scope).flatMap(({ parameters }) =>
    parameters.flatMap(({ type }) => type.match(/\b[A-Z]\w{3,}/g) ?? []),
  );
  const made = [...text.matchAll(/\b([A-Z]\w{3,})(?:\.(?:model_validate\w*|parse_\w+))?\(/g)].map(([, name = '']) => name);
  return [...new Set([...typed, ...made])].some((name) =>
    filesOf(input, name).some(({ now, was }) => {
      const refused = refusalsOf(now, was, name, text);
      return wanted.every((reason) => refused.has(reason));
    }),
  );
}

/** A function of another file asks it word for word, and a field has it among its validators: `FileField(validators=[validate_size])`. */
function isValidatedByField(input: RuleInput, { test }: Guard, scope: string): boolean {
  const { guards, options } = input.addedElsewhere();
  const same = guards.filter((other) => other.test === test && other.exit === 'throw' && other.scope !== '');
  return (
    same.length > 0 &&
    /\.(?:full_clean|is_valid|clean)\(/.test(tokensOf(input.after, scope)) &&
    options.some(({ name, value }) => name === 'validators' && same.some((other) => value.split(/\W+/).includes(other.scope)))
  );
}

interface Sides {
  readonly now: SourceFacts;
  readonly was: SourceFacts | undefined;
}

function filesOf(input: RuleInput, name: string): readonly Sides[] {
  const declares = (facts: SourceFacts | undefined): boolean => symbolsNamed(facts, name).some(({ kind }) => kind === 'class');
  if (input.after !== undefined && declares(input.after)) return [{ now: input.after, was: input.before }];
  if (!input.addedElsewhere().guards.some(({ scope }) => scope.startsWith(`${name}.`))) return [];
  const paths = input.trees.after.mentioning(name, ['.py']).filter((path) => path !== input.path);
  return (paths.length > MOST_FILES ? [] : paths).flatMap((path) => {
    const now = input.factsAt('after', path);
    return now !== undefined && declares(now) ? [{ now, was: input.factsAt('before', path) }] : [];
  });
}

/** What new guards in the validators of a class refuse. */
function refusalsOf(now: SourceFacts, was: SourceFacts | undefined, name: string, user: string): ReadonlySet<string> {
  const old = new Set(was?.guards.map(({ key }) => key));
  const base = symbolsNamed(now, name).find(({ kind }) => kind === 'class')?.type ?? '';
  const isAsked = /(?:Form|Serializer)\b/.test(base)
    ? /\.(?:is_valid|full_clean)\(/.test(user)
    : !/\.(?:model_construct|construct)\(/.test(user);
  if (!isAsked) return new Set();
  return new Set(
    now.guards
      .filter(({ key, exit, scope }) => exit === 'throw' && !old.has(key) && scope.startsWith(`${name}.`))
      .flatMap((guard) => {
        const field = fieldOf(now, guard.scope);
        return field === undefined ? [] : reasonsOf(guard.test, field);
      }),
  );
}

/** The field that a validator is handed: its own name for it and the name of the field. Undefined for what is no validator. */
function fieldOf(facts: SourceFacts, method: string): Readonly<Record<'given' | 'field', string>> | undefined {
  const mark = facts.calls.find(({ kind, scope, callee }) => kind === 'decorator' && within(method, scope) && MARKS.test(lastName(callee)));
  const own = lastName(method);
  const [, named] = /^(?:validate|clean)_(\w+)$/.exec(own) ?? [];
  const isWhole =
    /^(?:__post_init__|clean|validate|model_post_init)$/.test(own) ||
    /^(?:model_validator|root_validator|validates_schema)$/.test(lastName(mark?.callee ?? ''));
  if (mark === undefined && named === undefined && !isWhole) return undefined;
  const given = symbolsNamed(facts, method).flatMap(({ parameters }) => parameters.map((each) => each.name));
  const value = given.find((each) => !/^(?:self|cls|info)$/.test(each)) ?? '';
  const field = named ?? /^['"](\w+)['"]$/.exec(mark?.args[0] ?? '')?.[1] ?? '';
  return isWhole || field === '' ? { given: '', field: '' } : { given: value, field };
}

const MARKS = /^(?:field_validator|model_validator|validator|root_validator|validates|validates_schema)$/;
/** `n<1` is asked by many. */
const SHORTEST = 6;

/** What stops, one by one, by the fields it speaks of: `arrival<today()` of `date.fromisoformat(body['arrival']) < date.today()`. */
function reasonsOf(test: string, { given, field } = { given: '', field: '' }): readonly string[] {
  return test.split(' or ').map((reason) => {
    const named = given === '' ? reason : reason.replace(new RegExp(`(?<![\\w.'"])${escaped(given)}(?![\\w'"(])`, 'g'), field);
    return named
      .replace(/\b\w+(?:\.get\(|\[)['"](\w+)['"](?:\)|\])/g, '$1')
      .replace(/(?<![\w.])(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])/g, '')
      .replace(/\b(?:fromisoformat|parse_date|parse_datetime|parse|isoparse|int|float|Decimal|str)\(([\w.]{1,60})\)/g, '$1')
      .replace(/\s+/g, '');
  });
}
