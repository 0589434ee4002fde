import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';

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

/** It is told the scopes, and refuses who lacks one: `if scope not in data.scopes` for each of them, `not set(scopes).issubset(…)`. */
function demandsScopes(facts: SourceFacts, name: string): boolean {
  const own = facts.symbols.find((symbol) => symbol.name === name)?.parameters.find(({ type }) => /\bSecurityScopes\b/.test(type))?.name;
  if (own === undefined) return false;
  const each = new RegExp(`\\bfor (\\w+) in ${escaped(own)} \\. scopes\\b`).exec(codeOfScope(facts, name).text)?.[1];
  return facts.guards.some(
    ({ scope, exit, test }) =>
      scope === name &&
      exit === 'throw' &&
      ((each !== undefined && test.startsWith(`${each} not in `)) ||
        (test.includes(`${own}.scopes`) && /\b(?:issubset|issuperset|difference|all|any)\(| - |<=|>=/.test(test))),
  );
}
