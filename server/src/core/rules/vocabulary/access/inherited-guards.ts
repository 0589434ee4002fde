import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { callsInside, guardKind } from '../guards/guard-kinds.ts';
import { refuses } from './refusing-functions.ts';

/** What a class says by itself of who may come in; undefined where it says nothing and its own bases are asked. */
type Says = 'guarded' | 'open' | undefined;

/** Deeper than this nobody derives, and more files than this that name a class say that its name is a common one. */
const DEEPEST = 5;
const MOST_FILES = 12;

const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  python: ['.py'],
  java: ['.java'],
  typescript: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs'],
};

/** Classes that let everybody in, or everybody who only looks. */
const OPEN = /\b(?:AllowAny|Allow\w*All|IsAuthenticatedOrReadOnly)\b/;

/** Every one of these base classes stands, by its name, behind a base that the class has now. */
export function inheritsBases(input: RuleInput, owner: string, items: readonly string[]): boolean {
  return items.every((item) =>
    inherits(input, owner, (facts, base) => (namesIn(typeOf(facts, base)).includes(item) ? 'guarded' : undefined)),
  );
}

/** A base declares what the class declared, `permission_classes = [IsMember]`, and the class does not take it back. */
export function inheritsList(input: RuleInput, { name, scope }: Option, items: readonly string[]): boolean {
  const { before, after } = input;
  const own = `${scope}.${METHODS[name] ?? ''}`;
  const has = (facts: SourceFacts | undefined): boolean => facts?.symbols.some((symbol) => symbol.name === own) === true;
  if (after?.options.some((option) => option.name === name && option.scope === scope) === true || (has(after) && !has(before)))
    return false;
  return inherits(input, scope, (facts, base) => {
    const list = facts.options.find((option) => option.name === name && option.scope === base)?.value;
    const method = facts.scopes.find((place) => place.name === `${base}.${METHODS[name] ?? ''}`);
    const said =
      method === undefined
        ? list
        : tokensOn(facts, method.startLine + 1, method.endLine)
            .map(({ text }) => text)
            .join(' ');
    if (said === undefined) return undefined;
    const names = namesIn(said);
    return items.every((item) => names.includes(item)) && !OPEN.test(said) ? 'guarded' : 'open';
  });
}

/** Methods that Django REST framework asks before the list of the same thing. */
const METHODS: Readonly<Record<string, string>> = {
  permission_classes: 'get_permissions',
  authentication_classes: 'get_authenticators',
};

/** A base of the class carries the decorator or annotation, with the same arguments, and the class has no other in its place. */
export function inheritsDecorator(input: RuleInput, call: Call): boolean {
  const owner =
    input.after?.symbols.some(({ name, kind }) => name === call.scope && kind === 'class') === true ? call.scope : receiver(call.scope);
  const is = (other: Call): boolean => other.kind === 'decorator' && other.callee === call.callee;
  if (owner === '' || input.after?.calls.some((other) => is(other) && (other.scope === owner || other.scope === call.scope)) === true)
    return false;
  return inherits(input, owner, (facts, base) => {
    const own = facts.calls.filter((other) => is(other) && other.scope === base);
    if (own.length === 0) return undefined;
    return own.some(({ args }) => args.join() === call.args.join()) ? 'guarded' : 'open';
  });
}

/**
 * Flask: a function that the blueprint calls before each of its views carries the decorator now, or refuses by itself:
 * `@bp.before_request @login_required def signed_in_only()`, `bp.before_request(check_signature)`.
 */
export function isHookedInFront(input: RuleInput, call: Call): boolean {
  const { before, after } = input;
  if (before?.language !== 'python' || after === undefined) return false;
  const ofView = after.calls
    .filter((other) => other.kind === 'decorator' && other.scope === call.scope)
    .map(({ callee }) => receiver(callee));
  const hooked = after.calls.filter(
    (hook) => hook.kind !== 'decorator' && /\.before_request$/.test(hook.callee) && ofView.includes(receiver(hook.callee)),
  );
  if (hooked.some(({ args }) => /^[A-Za-z_]\w*$/.test(args[0] ?? '') && isRefuserNow(input, args[0] ?? ''))) return true;
  return after.calls.some(
    (hook) =>
      hook.kind === 'decorator' &&
      (/(^|\.)before_app_request$/.test(hook.callee) ||
        (/\.before_request$/.test(hook.callee) && ofView.some((name) => name !== '' && name === receiver(hook.callee)))) &&
      (after.calls.some(
        ({ kind, callee, args, scope }) =>
          kind === 'decorator' && scope === hook.scope && callee === call.callee && args.join() === call.args.join(),
      ) ||
        after.guards.some(
          (guard) => guard.scope === hook.scope && guard.exit !== 'break' && guardKind(guard, callsInside(guard, after.calls)) === 'access',
        )),
  );
}

/** A function of this file or of one that names it, as they stand now, that turns people away. */
function isRefuserNow({ after, trees, path, factsAt }: RuleInput, name: string): boolean {
  if (after !== undefined && refuses(after, name)) return true;
  const others = trees.after.mentioning(name, ['.py']).filter((other) => other !== path);
  return others.slice(0, MOST_FILES).some((other) => {
    const facts = factsAt('after', other);
    return facts !== undefined && refuses(facts, name);
  });
}

/** What the bases of a class say, in the order in which the language asks them. */
function inherits(input: RuleInput, owner: string, says: (facts: SourceFacts, base: string) => Says): boolean {
  return input.after !== undefined && askBases(input, input.after, owner, says, 0) === 'guarded';
}

function askBases(
  input: RuleInput,
  facts: SourceFacts,
  owner: string,
  says: (facts: SourceFacts, base: string) => Says,
  depth: number,
): Says {
  if (depth > DEEPEST) return undefined;
  for (const base of basesOf(facts, owner)) {
    const declared = declarersOf(input, facts, base);
    const answers = declared.map((other) => says(other, base) ?? askBases(input, other, base, says, depth + 1));
    if (answers.length > 0 && answers.every((answer) => answer === 'guarded')) return 'guarded';
    // Of what nobody here declares, a view of the framework brings its own defaults and stands before whatever follows it.
    if (answers.includes('open') || (declared.length === 0 && facts.language === 'python' && VIEW.test(base))) return 'open';
  }
  return undefined;
}

const VIEW = /(?:View|ViewSet|Resource|Endpoint|Admin)$/;

/** `(LoginMixin, generic.ListView)` and `extends Base implements Guarded` as last names, in order. */
function basesOf(facts: SourceFacts, owner: string): readonly string[] {
  const type = typeOf(facts, owner);
  if (facts.language !== 'python') return [...type.matchAll(/\bextends\s+([\w$.]+)/g)].map(([, name = '']) => lastName(name));
  return type
    .replace(/^\(|\)$/g, '')
    .split(',')
    .map((part) => part.trim())
    .flatMap((part) => (/^[\w.]+/.test(part) && !part.includes('=') ? [lastName(/^[\w.]+/.exec(part)?.[0] ?? '')] : []));
}

function typeOf(facts: SourceFacts, owner: string): string {
  return facts.symbols.find(({ name, kind }) => kind === 'class' && name === owner)?.type ?? '';
}

function namesIn(text: string): readonly string[] {
  return text.match(/[A-Za-z_]\w*/g) ?? [];
}

/** Facts of the files that declare a class: the own one, or whatever others of the tree after do. */
function declarersOf(input: RuleInput, facts: SourceFacts, name: string): readonly SourceFacts[] {
  const declares = (other: SourceFacts): boolean => other.symbols.some((symbol) => symbol.kind === 'class' && symbol.name === name);
  if (declares(facts)) return [facts];
  const files = input.trees.after
    .mentioning(name, EXTENSIONS[facts.language] ?? [])
    .filter((path) => path !== input.path && !/(^|[/._-])tests?([/._-]|$)/i.test(path));
  if (files.length > MOST_FILES) return [];
  return files.flatMap((path) => input.factsAt('after', path) ?? []).filter(declares);
}
