import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';

/** What an action of a view set asked for and asks no more. */
export interface LostOfAction {
  readonly action: string;
  readonly item: string;
}

/** Actions that a view set has without writing them down. */
const INHERITED = ['list', 'retrieve', 'create', 'update', 'partial_update', 'destroy'];
const LIST = 'permission_classes';
const METHOD = 'get_permissions';

/**
 * Django REST framework asks `get_permissions` of the class, else the list of the action's own decorator, else the list of the class.
 * Whichever of the three said it before, the same classes may be named by another one now. Undefined where what `scope` (a class, or
 * an action of it) is asked for cannot be told on the after side; otherwise what its actions lost.
 */
export function lostOfActions({ before, after }: RuleInput, scope: string): readonly LostOfAction[] | undefined {
  if (before?.language !== 'python' || after === undefined) return undefined;
  const isClass = before.symbols.some(({ name, kind }) => name === scope && kind === 'class');
  const owner = isClass ? scope : receiver(scope);
  const own = before.symbols.flatMap(({ name }) => (receiver(name) === owner && owner !== '' ? [lastName(name)] : []));
  const names = isClass ? [...INHERITED, ...own.filter((name) => isAction(before, `${owner}.${name}`))] : [lastName(scope)];
  const lost: LostOfAction[] = [];
  for (const action of names) {
    const was = askedOf(before, owner, action);
    const now = askedOf(after, owner, action);
    if (now === undefined) return undefined;
    const item = was?.find((name) => !now.includes(name));
    if (item !== undefined) lost.push({ action, item });
  }
  return lost;
}

function isAction({ calls }: SourceFacts, scope: string): boolean {
  return calls.some((call) => call.kind === 'decorator' && call.scope === scope && lastName(call.callee) === 'action');
}

/** Names of the classes that an action is asked for; undefined where nothing of the file says it, or says it in a way that is not read. */
function askedOf(facts: SourceFacts, owner: string, action: string): readonly string[] | undefined {
  const answers = answersOf(facts).get(owner);
  if (answers !== undefined) {
    const found = answers.find(({ condition }) => condition.length === 0 || isAsked(facts, condition, action));
    return found === undefined || found.classes.length === 0 ? undefined : found.classes;
  }
  const list = (scope: string): string | undefined => facts.options.find((option) => option.name === LIST && option.scope === scope)?.value;
  const value = list(`${owner}.${action}`) ?? list(owner);
  return value === undefined ? undefined : classesIn(value.match(/\w+/g) ?? []);
}

/** The permission classes that an action is asked for, each with the place that says so: `get_permissions`, a table by action, a list. */
export function classesOfAction(
  facts: SourceFacts,
  owner: string,
  action: string,
): readonly { readonly name: string; readonly range: Range }[] {
  const entry = facts.options.find((option) => option.name === action && option.scope === owner && /^[[(]\s*[A-Z]/.test(option.value));
  const isAsked = facts.scopes.some(({ name }) => name === `${owner}.${METHOD}`);
  const list = (scope: string): Option | undefined => facts.options.find((option) => option.name === LIST && option.scope === scope);
  const written = entry !== undefined && isAsked ? entry : (list(`${owner}.${action}`) ?? list(owner));
  const answered = askedOf(facts, owner, action) ?? [];
  const place = written?.range ?? facts.scopes.find(({ name }) => name === `${owner}.${METHOD}`);
  if (place === undefined) return [];
  const range =
    'start' in place ? place : { start: { line: place.startLine, character: 0 }, end: { line: place.startLine + 1, character: 0 } };
  const names = new Set([...classesIn(written?.value.match(/\w+/g) ?? []), ...answered]);
  return [...names].map((name) => ({ name, range }));
}

/** True where the condition in front of a `return` holds for the action: by its name, or by a constant that lists it. */
function isAsked({ options }: SourceFacts, condition: readonly string[], action: string): boolean {
  const says = (text: string): boolean => text.includes(`'${action}'`) || text.includes(`"${action}"`);
  return (
    condition.includes('action') &&
    !condition.includes('not') &&
    !condition.includes('!=') &&
    condition.some((text) => says(text) || options.some((option) => option.name === text && option.scope === '' && says(option.value)))
  );
}

interface Answer {
  /** Tokens between the last `return` and this one from its `if` on; none where it stands for every action that is left. */
  readonly condition: readonly string[];
  readonly classes: readonly string[];
}

/** The answers of each class's `get_permissions`, in the order in which it comes to them. */
const answersOf = keepOf((facts: SourceFacts): ReadonlyMap<string, readonly Answer[]> => {
  const found = new Map<string, readonly Answer[]>();
  for (const { name, startLine, endLine } of facts.scopes) {
    if (lastName(name) !== METHOD) continue;
    const answers: Answer[] = [];
    let piece: string[] = [];
    let returned: string[] | undefined;
    const close = (): void => {
      if (returned === undefined) return;
      const at = piece.findIndex((text) => /^(if|elif|match|case|else)$/.test(text));
      const condition = at < 0 || piece[at] === 'else' ? [] : piece.slice(at);
      answers.push({ condition, classes: classesIn(returned) });
      piece = [];
      returned = undefined;
    };
    let line = startLine;
    for (const token of tokensOn(facts, startLine + 1, endLine)) {
      if (returned !== undefined && token.line > line && /^(if|elif|else|match|case|return|raise)$/.test(token.text)) close();
      line = token.line;
      if (token.text === 'return' && returned === undefined) returned = [];
      else if (returned === undefined) piece.push(token.text);
      else returned.push(token.text);
    }
    close();
    found.set(receiver(name), answers);
  }
  return found;
});

/** Classes are capitalised; `super().get_permissions()` names none and is not read. */
function classesIn(words: readonly string[]): readonly string[] {
  return words.filter((word) => /^[A-Z]/.test(word) && /[a-z]/.test(word));
}
