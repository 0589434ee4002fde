import { createHash } from 'node:crypto';
import { SEVERITIES, type Severity } from '../model/finding.ts';
import type { Person, Policy, Requirement } from '../model/policy.ts';
import { DEFAULT_POLICY } from './default-policy.ts';
import { createFieldReader, type FieldReader } from './field-reader.ts';
import { patternProblem } from './path-pattern.ts';
import { clip, type FileError, type Located, readYaml } from './yaml-reader.ts';

export type ParsedPolicy =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'invalid'; readonly errors: readonly FileError[] };

const MOST_CHARACTERS = 262_144;

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
  return reader.errors.length > 0 ? { kind: 'invalid', errors: byLine(reader.errors) } : { kind: 'policy', policy };
}

function byLine(errors: readonly FileError[]): readonly FileError[] {
  return [...errors].sort((a, b) => a.line - b.line);
}

function readPolicy(root: Located, reader: FieldReader, digest: string): Policy {
  const fields = reader.map(root, 'the policy', ['version', 'repository', 'maxFileBytes', 'severities', 'paths', 'people']);
  const version = fields?.get('version')?.value;
  if (fields !== undefined && version === undefined) reader.errors.push({ line: 1, message: 'expected `version: 1`, found no version' });
  reader.integer(version, 'version', { least: 1, most: 1 });
  const repositoryId = readRepositoryId(fields?.get('repository')?.value, reader);
  const bytes = reader.integer(fields?.get('maxFileBytes')?.value, 'maxFileBytes', { least: 1, most: 104_857_600 });
  return {
    digest,
    source: 'file',
    ...(repositoryId === undefined ? {} : { repositoryId }),
    severities: readSeverities(fields?.get('severities')?.value, reader),
    paths: readPaths(fields?.get('paths')?.value, reader),
    people: readPeople(fields?.get('people')?.value, reader),
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

function readSeverities(value: Located | undefined, reader: FieldReader): Policy['severities'] {
  const fields = value === undefined ? undefined : reader.map(value, 'severities', SEVERITIES);
  const requirement = (severity: Severity): Requirement => readRequirement(severity, fields?.get(severity)?.value, reader);
  return { low: requirement('low'), medium: requirement('medium'), high: requirement('high'), critical: requirement('critical') };
}

function readRequirement(severity: Severity, value: Located | undefined, reader: FieldReader): Requirement {
  const otherwise = DEFAULT_POLICY.severities[severity];
  if (value === undefined) return otherwise;
  const fields = reader.map(value, severity, ['people', 'reason', 'confirmDependents', 'self', 'roles', 'days']);
  const field = (key: string): Located | undefined => fields?.get(key)?.value;
  const days = reader.integer(field('days'), `${severity}.days`, { least: 1, most: 3650 });
  return {
    people: reader.integer(field('people'), `${severity}.people`, { least: 0, most: 20 }) ?? otherwise.people,
    reason: reader.truth(field('reason'), `${severity}.reason`) ?? otherwise.reason,
    confirmDependents: reader.truth(field('confirmDependents'), `${severity}.confirmDependents`) ?? otherwise.confirmDependents,
    self: reader.truth(field('self'), `${severity}.self`) ?? otherwise.self,
    roles: reader.texts(field('roles'), `${severity}.roles`),
    ...(days === undefined ? {} : { days }),
  };
}

function readPaths(value: Located | undefined, reader: FieldReader): Policy['paths'] {
  return reader.list(value, 'paths').flatMap((item) => {
    const fields = reader.map(item, 'an entry of paths', ['match', 'atLeast']);
    if (fields === undefined) return [];
    const pattern = readPattern(required(fields.get('match')?.value, 'match', item, reader), reader);
    const atLeast = reader.choice(required(fields.get('atLeast')?.value, 'atLeast', item, reader), 'atLeast', SEVERITIES);
    return pattern === undefined || atLeast === undefined ? [] : [{ match: pattern, atLeast }];
  });
}

function readPattern(value: Located | undefined, reader: FieldReader): string | undefined {
  const pattern = reader.text(value, 'match');
  const problem = pattern === undefined ? undefined : patternProblem(pattern);
  if (pattern === undefined || value === undefined || problem === undefined) return pattern;
  reader.errors.push({ line: value.line, message: `match: expected a path pattern, found ${JSON.stringify(clip(pattern))}: ${problem}` });
  return undefined;
}

/** Two people may not share an id or a principal: a second person could otherwise be the first again. */
function readPeople(value: Located | undefined, reader: FieldReader): readonly Person[] {
  const taken = new Map<string, string>();
  return reader.list(value, 'people').flatMap((item) => {
    const fields = reader.map(item, 'an entry of people', ['id', 'roles', 'principals']);
    if (fields === undefined) return [];
    const id = reader.text(required(fields.get('id')?.value, 'id', item, reader), 'id');
    const principals = reader.texts(fields.get('principals')?.value, 'principals');
    const roles = reader.texts(fields.get('roles')?.value, 'roles');
    if (id === undefined) return [];
    for (const name of new Set([id, ...principals].map((one) => one.toLowerCase()))) {
      const owner = taken.get(name);
      if (owner !== undefined)
        reader.errors.push({
          line: item.line,
          message: `people: expected a name of one person alone, found ${JSON.stringify(clip(name))} of ${owner} again`,
        });
      taken.set(name, id);
    }
    return [{ id, roles, principals }];
  });
}

function required(value: Located | undefined, key: string, parent: Located, reader: FieldReader): Located | undefined {
  if (value === undefined) reader.errors.push({ line: parent.line, message: `expected the key ${key}, found none` });
  return value;
}
