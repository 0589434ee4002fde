import { digestParts } from '../identity.ts';
import { RULES } from './index.ts';

/** SHA-256 (hex) over every rule's id and version: tells which rules judged; the engine's version tells the rest. */
export const RULESET_DIGEST: string = digestParts(['brakeline/ruleset/v1', ...RULES.map((rule) => `${rule.id}@${rule.version}`)]);
