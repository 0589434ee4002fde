import { FAMILIES, SEVERITIES } from '../model/finding.ts';
import { parseInstant } from '../model/instant.ts';
import type { Exemption, Policy, Signoff } from '../model/policy.ts';
import { clip } from './clip.ts';
import { NOBODY } from './default-policy.ts';
import type { FieldReader } from './field-reader.ts';
import { patternProblem } from './path-pattern.ts';
import { readRequirement } from './read-requirement.ts';
import type { Located } from './yaml-reader.ts';

const ORIGINS = ['ai', 'human', 'unknown'] as const;

export function readPaths(value: Located | undefined, reader: FieldReader): Policy['paths'] {
  return reader.list(value, 'paths').flatMap((item) => {
    const fields = reader.map(item, 'an entry of paths', ['match', 'atLeast']);
    if (fields === undefined) return [];
    const pattern = readPattern(reader.required(fields.get('match')?.value, 'match', item), reader);
    const atLeast = reader.choice(reader.required(fields.get('atLeast')?.value, 'atLeast', item), 'atLeast', SEVERITIES);
    return pattern === undefined || atLeast === undefined ? [] : [{ match: pattern, atLeast }];
  });
}

/** A sign-off without a condition, or one that demands nothing, is a slip of whoever wrote it. */
export function readSignoffs(value: Located | undefined, reader: FieldReader): readonly Signoff[] {
  return reader.list(value, 'signoffs').flatMap((item) => {
    const fields = reader.map(item, 'an entry of signoffs', ['when', 'require']);
    if (fields === undefined) return [];
    const when = readWhen(reader.required(fields.get('when')?.value, 'when', item), reader);
    const demanded = reader.required(fields.get('require')?.value, 'require', item);
    const require = readRequirement(demanded, 'require', NOBODY, reader);
    if (demanded?.kind === 'map' && JSON.stringify(require) === JSON.stringify(NOBODY))
      reader.errors.push({ line: demanded.line, message: 'require: expected a demand, such as roles or people, found none' });
    return when === undefined ? [] : [{ when, require }];
  });
}

function readWhen(value: Located | undefined, reader: FieldReader): Signoff['when'] | undefined {
  const fields = value === undefined ? undefined : reader.map(value, 'when', ['author', 'origin', 'atLeast', 'match']);
  if (value === undefined || fields === undefined) return undefined;
  if (fields.size === 0)
    reader.errors.push({ line: value.line, message: 'when: expected a condition: author, origin, atLeast or match, found none' });
  const field = (key: string): Located | undefined => fields.get(key)?.value;
  const author = reader.some(field('author'), 'when.author', (item) => reader.text(item, 'an entry of when.author'));
  const origin = reader.some(field('origin'), 'when.origin', (item) => reader.choice(item, 'an entry of when.origin', ORIGINS));
  const atLeast = reader.choice(field('atLeast'), 'when.atLeast', SEVERITIES);
  const match = readPattern(field('match'), reader);
  return {
    ...(author === undefined ? {} : { author }),
    ...(origin === undefined ? {} : { origin }),
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(match === undefined ? {} : { match }),
  };
}

export function readExemptions(value: Located | undefined, reader: FieldReader): readonly Exemption[] {
  return reader.list(value, 'exemptions').flatMap((item) => {
    const fields = reader.map(item, 'an entry of exemptions', ['match', 'rules', 'atMost', 'until', 'reason']);
    if (fields === undefined) return [];
    const field = (key: string): Located | undefined => fields.get(key)?.value;
    const match = readPattern(reader.required(field('match'), 'match', item), reader);
    const rules = field('rules') === undefined ? [] : reader.some(field('rules'), 'rules', (rule) => readRule(rule, reader));
    const atMost = reader.choice(field('atMost'), 'atMost', SEVERITIES) ?? 'high';
    const until = readDay(reader.required(field('until'), 'until', item), reader);
    const reason = reader.text(reader.required(field('reason'), 'reason', item), 'reason');
    if (match === undefined || rules === undefined || until === undefined || reason === undefined) return [];
    return [{ match, rules, atMost, until, reason }];
  });
}

/** A rule that ships, one of the team, or a whole family. */
function readRule(value: Located, reader: FieldReader): string | undefined {
  const rule = reader.text(value, 'an entry of rules');
  if (rule === undefined || FAMILIES.some((family) => rule.startsWith(`${family}/`) && /^[a-z]+\/([a-z0-9-]+|\*)$/.test(rule))) return rule;
  reader.errors.push({
    line: value.line,
    message: `an entry of rules: expected a rule such as data/drop-table, or data/*, found ${JSON.stringify(clip(rule))}`,
  });
  return undefined;
}

/** The last instant of a day in UTC, so that it ends everywhere at once. */
function readDay(value: Located | undefined, reader: FieldReader): string | undefined {
  const day = reader.text(value, 'until');
  const until = `${day}T23:59:59Z`;
  if (day === undefined || value === undefined) return undefined;
  if (parseInstant(until) !== undefined) return until;
  reader.errors.push({ line: value.line, message: `until: expected a day as YYYY-MM-DD, found ${JSON.stringify(clip(day))}` });
  return undefined;
}

function readPattern(value: Located | undefined, reader: FieldReader): string | undefined {
  const pattern = reader.text(value, 'match');
  const problem = pattern === undefined ? undefined : patternProblem(pattern);
  if (pattern === undefined || value === undefined || problem === undefined) return pattern;
  reader.errors.push({ line: value.line, message: `match: expected a path pattern, found ${JSON.stringify(clip(pattern))}: ${problem}` });
  return undefined;
}
