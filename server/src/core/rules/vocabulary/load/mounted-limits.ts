import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { chainOf } from '../code/argument-text.ts';
import { lastName, receiver } from '../code/call-names.ts';

/** More files than this that name an alias say that it is a common one. */
const MOST_FILES = 6;

/**
 * True where the limiter of a decorated route is put on the whole blueprint or router that the route belongs to, with the same limit, in
 * this file or where it is registered: `limiter.limit("5/minute")(login_bp)` for `@limiter.limit("5 per minute")` on each route of
 * `bp`, also by the name that another file imports it under. Less of a limit is none in place of this one.
 */
export function isLimitedByMount(input: RuleInput, { callee, args, scope }: Call, isLimiter: (name: string) => boolean): boolean {
  const { after } = input;
  const route = after?.calls.find((call) => call.kind === 'decorator' && call.scope === scope && ROUTE.test(lastName(call.callee)));
  const router = route === undefined ? '' : receiver(route.callee);
  if (router === '' || !/^\w+$/.test(router)) return false;
  const wanted = args.map(plain).join();
  const mounts = (calls: readonly Call[]): readonly string[] =>
    calls.flatMap((call) => {
      const links = [...chainOf(call.callee)];
      const last = links.at(-1);
      const isSame = last?.args !== undefined && isLimiter(call.callee) && last.name === lastName(callee) && plain(last.args) === wanted;
      return isSame && call.args.length === 1 ? [call.args[0] ?? ''] : [];
    });
  if (mounts(after?.calls ?? []).includes(router)) return true;
  return mounts(input.addedElsewhere().calls).some((name) => lastName(name) === router || isAlias(input, router, name));
}

const ROUTE = /^(get|post|put|patch|delete|route|api_route)$/;

/** `'5 per minute'` is `"5/minute"`. */
function plain(limit: string): string {
  return limit
    .replace(/["']/g, '')
    .replace(/ ?(?:\/|\bper\b) ?/g, '/')
    .replaceAll(' ', '');
}

/** `from .login import bp as login_bp`. */
function isAlias(input: RuleInput, name: string, alias: string): boolean {
  const files = /^\w+$/.test(alias) ? input.trees.after.mentioning(alias, ['.py']) : [];
  const module = input.path.slice(input.path.lastIndexOf('/') + 1).replace(/\.py$/, '');
  return (files.length > MOST_FILES ? [] : files).some((path) => {
    const tokens = input.factsAt('after', path)?.tokens ?? [];
    return tokens.some(({ text }, at) => {
      if (text !== alias || tokens[at - 1]?.text !== 'as' || tokens[at - 2]?.text !== name) return false;
      const said = tokens.slice(Math.max(0, at - LONGEST_IMPORT), at).map((token) => token.text);
      return said.slice(said.lastIndexOf('from')).includes(module);
    });
  });
}

/** Tokens of an import in front of what it is called. */
const LONGEST_IMPORT = 40;
