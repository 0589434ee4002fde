import { createHash } from 'node:crypto';
import type { Policy } from '../model/policy.ts';
import { clip } from './clip.ts';
import { DEFAULT_POLICY } from './default-policy.ts';
import { createFieldReader, type FieldReader } from './field-reader.ts';
import { type PolicyLines, policyLines } from './policy-lines.ts';
import { readExemptions, readPaths, readSignoffs } from './read-conditions.ts';
import { readPeople } from './read-people.ts';
import { readSeverities } from './read-requirement.ts';
import { type FileError, type Located, readYaml } from './yaml-reader.ts';

export type ParsedPolicy =
  | { readonly kind: 'policy'; readonly policy: Policy; readonly lines: PolicyLines }
  | { readonly kind: 'invalid'; readonly errors: readonly FileError[] };

/** A thousand people and their keys; what parses in seconds when it is made to be slow. */
const MOST_CHARACTERS = 131_072;

const KEYS = ['version', 'repository', 'bindBranch', 'maxFileBytes', 'rulesets', 'severities', 'paths', 'signoffs', 'exemptions', 'people'];

/**
 * `.brakeline/policy.yaml` as a policy, or everything that is wrong with it, by line. Unknown keys are errors, because a
 * misspelt demand would otherwise silently not be made. What the file leaves out keeps the default's value. The shape is also
 * written as docs/policy.schema.json; test/policy/policy-schema.test.ts holds that the two agree.
 */
export function parsePolicy(text: string): ParsedPolicy {
  if (text.length > MOST_CHARACTERS) {
    return { kind: 'invalid', errors: [{ line: 1, message: `expected at most ${MOST_CHARACTERS} characters, found ${text.length}` }] };
  }
  const { root, errors } = readYaml(text);
  if (root === undefined) return { kind: 'invalid', errors };
  const reader = createFieldReader();
  const policy = readPolicy(root, reader, createHash('sha256').update(text, 'utf8').digest('hex'));
  if (reader.errors.length > 0) return { kind: 'invalid', errors: byLine(reader.errors) };
  return { kind: 'policy', policy, lines: policyLines(root) };
}

function byLine(errors: readonly FileError[]): readonly FileError[] {
  return [...errors].sort((a, b) => a.line - b.line);
}

function readPolicy(root: Located, reader: FieldReader, digest: string): Policy {
  const fields = reader.map(root, 'the policy', KEYS);
  const field = (key: string): Located | undefined => fields?.get(key)?.value;
  const version = field('version');
  if (fields !== undefined && version === undefined) reader.errors.push({ line: 1, message: 'expected `version: 1`, found no version' });
  reader.integer(version, 'version', { least: 1, most: 1 });
  const repositoryId = readRepositoryId(field('repository'), reader);
  const bytes = reader.integer(field('maxFileBytes'), 'maxFileBytes', { least: 1, most: 104_857_600 });
  return {
    digest,
    source: 'file',
    ...(repositoryId === undefined ? {} : { repositoryId }),
    severities: readSeverities(field('severities'), reader),
    paths: readPaths(field('paths'), reader),
    signoffs: readSignoffs(field('signoffs'), reader),
    exemptions: readExemptions(field('exemptions'), reader),
    rulesets: readRulesets(field('rulesets'), reader),
    bindBranch: reader.truth(field('bindBranch'), 'bindBranch') ?? DEFAULT_POLICY.bindBranch,
    people: readPeople(field('people'), reader),
    maxFileBytes: bytes ?? DEFAULT_POLICY.maxFileBytes,
  };
}

/** The id is compared byte for byte and never parsed, but a short one would not tell two repositories apart. */
function readRepositoryId(value: Located | undefined, reader: FieldReader): string | undefined {
  const id = reader.text(value, 'repository');
  if (id === undefined || value === undefined || /^[0-9A-Za-z-]{16,64}$/.test(id)) return id;
  reader.errors.push({
    line: value.line,
    message: `repository: expected 16 to 64 letters, digits and dashes, found ${JSON.stringify(clip(id))}`,
  });
  return undefined;
}

function readRulesets(value: Located | undefined, reader: FieldReader): readonly string[] {
  return reader.list(value, 'rulesets').flatMap((item) => {
    const digest = reader.text(item, 'an entry of rulesets');
    if (digest === undefined || /^[0-9a-f]{64}$/.test(digest)) return digest ?? [];
    reader.errors.push({ line: item.line, message: `an entry of rulesets: expected 64 hex digits, found ${JSON.stringify(clip(digest))}` });
    return [];
  });
}
