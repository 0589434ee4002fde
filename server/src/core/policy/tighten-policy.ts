import type { Exemption, Policy } from '../model/policy.ts';
import { stricter } from './stricter.ts';

/**
 * The policy of a verification: the base's, with whatever the head made stricter (law 7). People, digest, source and the size
 * limit stay the base's, because a head that could name people could name itself. Demands add up; an exemption holds only as
 * far as both sides have it. Invariant: no field is ever weaker than the base's (test/policy/tighten-policy.test.ts).
 */
export function tightenPolicy(base: Policy, head: Policy): Policy {
  const repositoryId = base.repositoryId ?? head.repositoryId;
  return {
    ...base,
    ...(repositoryId === undefined ? {} : { repositoryId }),
    severities: {
      low: stricter(base.severities.low, head.severities.low),
      medium: stricter(base.severities.medium, head.severities.medium),
      high: stricter(base.severities.high, head.severities.high),
      critical: stricter(base.severities.critical, head.severities.critical),
    },
    paths: [...base.paths, ...head.paths],
    signoffs: once([...base.signoffs, ...head.signoffs]),
    exemptions: base.exemptions.flatMap((exemption) => shorter(exemption, head.exemptions)),
    rulesets: fewer(base.rulesets, head.rulesets),
    bindBranch: base.bindBranch || head.bindBranch,
  };
}

function once<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** The base's exemption, ended as early as the head ends it; none where the head has it no more. */
function shorter(exemption: Exemption, head: readonly Exemption[]): readonly Exemption[] {
  const same = head.filter((other) => subjectOf(other) === subjectOf(exemption));
  const last = same
    .map(({ until }) => until)
    .sort()
    .at(-1);
  return last === undefined ? [] : [{ ...exemption, until: last < exemption.until ? last : exemption.until }];
}

function subjectOf({ match, rules, atMost }: Exemption): string {
  return JSON.stringify([match, [...rules].sort(), atMost]);
}

/** Pins are alternatives, so fewer of them is stricter; none at all pins nothing. Where the two share none, the base's stay. */
function fewer(base: readonly string[], head: readonly string[]): readonly string[] {
  if (base.length === 0) return head;
  const both = base.filter((digest) => head.includes(digest));
  return both.length > 0 ? both : base;
}
