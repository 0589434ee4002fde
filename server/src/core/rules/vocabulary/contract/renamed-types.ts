import type { FileFacts, SymbolFact } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { escaped } from '../code/literal-patterns.ts';

/**
 * The old text of a type where the new one differs only in names that the change gave to its types (`Probe` is declared no more, `PodProbe`
 * is), or, in Rust and Java, in a path that the file brings in (`serde_json::Value` and `Value`); otherwise the new one. What the type itself
 * lost is told where it is declared.
 */
export function underOldNames(input: RuleInput, old: string, now: string): string {
  if (old === now) return now;
  const mayShorten = /^(?:rust|java)$/.test(input.after?.language ?? '');
  const [was, is] = [old, now].map((type) => (mayShorten ? withoutPaths(input, type) : type).match(PARTS) ?? []);
  if (was === undefined || is === undefined || was.length !== is.length) return now;
  const isSame = was.every((part, at) => part === is[at] || isRenamed(input, part, is[at] ?? ''));
  return isSame ? old : now;
}

/** The parameters of the new function with the types of the old one where only names of types differ. */
export function withOldNames(input: RuleInput, before: SymbolFact, after: SymbolFact): SymbolFact {
  const parameters = after.parameters.map((parameter, at) => {
    const old = before.parameters.find(({ name }) => name !== '' && name === parameter.name) ?? before.parameters[at];
    return old === undefined ? parameter : { ...parameter, type: underOldNames(input, old.type, parameter.type) };
  });
  return { ...after, parameters };
}

const PARTS = /[A-Za-z_$][\w$]*|[^\sA-Za-z_$]/g;
const TYPES = /^(?:class|interface|type|enum)$/;

function isRenamed(input: RuleInput, old: string, now: string): boolean {
  const declares = ({ symbols }: Pick<FileFacts, 'symbols'>, name: string): boolean =>
    symbols.some((symbol) => TYPES.test(symbol.kind) && lastName(symbol.name) === name);
  return (
    /^[A-Z]/.test(old) &&
    (declares(input.removedElsewhere(), old) || declares(input.removed, old)) &&
    (declares(input.addedElsewhere(), now) || declares(input.added, now))
  );
}

/** Paths that a `use` or an `import` of the file makes superfluous are left out. */
function withoutPaths({ before, after }: RuleInput, type: string): string {
  const isBrought = (pattern: RegExp): boolean => [before, after].some((facts) => facts?.text !== undefined && pattern.test(facts.text));
  return type.replace(/\b((?:\w+(?:::|\.))+)([A-Z]\w*)/g, (whole, path: string, name: string) => {
    const bringer = path.endsWith('::')
      ? `\\buse ${escaped(path.split('::')[0] ?? '')}::[^;]{0,400}\\b${escaped(name)}\\b`
      : `\\bimport ${escaped(path + name)};`;
    return isBrought(new RegExp(bringer)) ? name : whole;
  });
}
