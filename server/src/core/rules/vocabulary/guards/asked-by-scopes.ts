import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** More files than this that name a dependency say that its name is a common one. */
const MOST_FILES = 6;

/**
 * FastAPI: true where the scope that the function asked for is one that its dependency demands now, and that one refuses who has not all of
 * them: `Security(principal, scopes=["readings:read"])` for `if "readings:read" not in who.scopes`, and a condition on the scopes in `principal`.
 */
export function isAskedByScopes(input: RuleInput, { test, scope }: Guard): boolean {
  const { after } = input;
  const now = counterpartScope(input, scope);
  const [, wanted] = /^(['"][\w:./-]+['"]) not in [\w.]*scopes\b/.exec(test) ?? [];
  if (after?.language !== 'python' || now === undefined || wanted === undefined) return false;
  const plain = wanted.slice(1, -1);
  return after.calls.some((call) => {
    if (lastName(call.callee) !== 'Security' || !within(call.scope, now)) return false;
    const [dependency = '', ...given] = call.args;
    const isGiven = given.some(
      (text) => /^scopes=\[/.test(text) && (text.match(/['"][^'"]*['"]/g) ?? []).some((one) => one.slice(1, -1) === plain),
    );
    return isGiven && /^\w+$/.test(dependency) && placesOf(input, dependency).some((facts) => demandsScopes(facts, dependency));
  });
}

function placesOf(input: RuleInput, name: string): readonly SourceFacts[] {
  const files = input.trees.after.mentioning(name, ['.py']).filter((path) => path !== input.path);
  const others = (files.length > MOST_FILES ? [] : files).map((path) => input.factsAt('after', path));
  return [input.after, ...others].flatMap((facts) => facts ?? []);
}

/** It is told the scopes, and refuses by them. */
function demandsScopes({ guards, symbols }: SourceFacts, name: string): boolean {
  const own = symbols.find((symbol) => symbol.name === name)?.parameters.find(({ type }) => /\bSecurityScopes\b/.test(type))?.name;
  return own !== undefined && guards.some(({ scope, exit, test }) => scope === name && exit === 'throw' && test.includes(`${own}.scopes`));
}
