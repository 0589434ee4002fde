import { digestParts } from '../identity.ts';
import { RULES } from './index.ts';

/** SHA-256 (hex) over every rule's id and version: tells which rules judged; the engine's version tells the rest. */
const RULESET_DIGEST: string = digestParts(['brakeline/ruleset/v1', ...RULES.map((rule) => `${rule.id}@${rule.version}`)]);

/** The same over a team's rules beside them; as above where a team has none. */
export function rulesetDigest(team: readonly { readonly id: string; readonly version: string }[]): string {
  if (team.length === 0) return RULESET_DIGEST;
  return digestParts(['brakeline/ruleset/v1', RULESET_DIGEST, ...team.map((rule) => `${rule.id}@${rule.version}`).sort()]);
}
