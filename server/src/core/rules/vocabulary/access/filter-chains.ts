import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { chainOf, plain, splitSource } from '../code/argument-text.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { routeOfMethod } from '../contract/removed-routes.ts';
import { covers } from './guarded-addresses.ts';
import { demandOf } from './role-lattice.ts';

/** More files than this with a chain of filters say that nobody knows which one stands in front. */
const MOST_FILES = 4;

const ANNOTATION = /^(?:PreAuthorize|Secured|RolesAllowed)$/;

/**
 * True where the filter chain of Spring Security asks, at the address of the method, for the roles that its annotation asked for:
 * `requestMatchers("/plays/**").hasRole("DRAMATURG")`. Of a chain the first entry that covers the address counts.
 */
export function isBehindFilterChain(input: RuleInput, call: Call): boolean {
  const { after } = input;
  const wanted = rolesOf(call.args);
  if (after?.language !== 'java' || !ANNOTATION.test(lastName(call.callee)) || wanted.length === 0) return false;
  const route = routeOfMethod(after.calls, call.scope);
  const files = route === undefined ? [] : input.trees.after.mentioning('requestMatchers', ['.java']).filter((path) => path !== input.path);
  if (route === undefined || files.length === 0 || files.length > MOST_FILES) return false;
  const chains = files.flatMap((path) => {
    const facts = input.factsAt('after', path);
    return facts === undefined ? [] : chainsIn(facts);
  });
  return (
    chains.length > 0 &&
    chains.every((chain) => {
      const roles = rolesAt(chain, route);
      return roles !== undefined && roles.length > 0 && roles.every((role) => wanted.includes(role));
    })
  );
}

/** The whole of each chain that says who may come in where, as the links behind one another. */
function chainsIn(facts: SourceFacts): readonly Call[] {
  const links = facts.calls.filter(({ callee }) => /\brequestMatchers\(/.test(callee));
  return links.filter((link) => !links.some((other) => other !== link && other.callee.startsWith(`${link.callee}(`)));
}

/** The roles of the first entry that covers an address; undefined where none does, none of them where everybody may. */
function rolesAt(chain: Call, { verb, path }: { readonly verb: string; readonly path: string }): readonly string[] | undefined {
  const links = [...chainOf(chain.callee).map(({ name, args = '' }) => ({ name, args })), { name: '', args: '' }];
  links[links.length - 1] = { name: lastName(chain.callee), args: chain.args.join(', ') };
  for (const [at, { name, args }] of links.entries()) {
    const parts = splitSource(args, ',');
    const method = /^HttpMethod\.(\w+)$/.exec(parts[0] ?? '')?.[1];
    const isCovering =
      name === 'anyRequest' ||
      (name === 'requestMatchers' &&
        (method === undefined || method === verb) &&
        parts.map((part) => plain(part)).some((pattern) => pattern.startsWith('/') && covers(pattern, path)));
    const rule = links[at + 1];
    if (isCovering && rule !== undefined) return /^has(?:Any)?(?:Role|Authority)$/.test(rule.name) ? rolesOf([rule.args]) : [];
  }
  return undefined;
}

/** `hasRole('DRAMATURG')`, `ROLE_DRAMATURG` and `"DRAMATURG"` name the same role. */
function rolesOf(args: readonly string[]): readonly string[] {
  return args.flatMap((text) => [...text.matchAll(/['"](?:ROLE_)?([A-Za-z][\w:.-]*)['"]/g)].map((match) => match[1] ?? ''));
}

/**
 * True where a method's own annotation went and the one that its class got instead asks for what other methods were asked for
 * before, and not for what this one was: `hasRole('INTENDANT')` that falls to the `hasRole('DRAMATURG')` of the class.
 */
export function fallsToClass({ before, after }: RuleInput, call: Call): boolean {
  if (before === undefined || after === undefined || !ANNOTATION.test(lastName(call.callee))) return false;
  const isSame = (other: Call): boolean => other.kind === 'decorator' && lastName(other.callee) === lastName(call.callee);
  const own = after.calls.some((other) => isSame(other) && other.scope === call.scope);
  const ofClass = after.calls.find((other) => isSame(other) && other.scope === receiver(call.scope));
  if (own || ofClass === undefined || ofClass.args.join() === call.args.join()) return false;
  const [was, is] = [demandOf(call.args.join()), demandOf(ofClass.args.join())];
  if (was !== undefined && is !== undefined && is >= was) return false;
  return before.calls.some((other) => isSame(other) && other.scope !== call.scope && other.args.join() === ofClass.args.join());
}
