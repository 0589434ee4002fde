import { digestParts } from '../identity.ts';
import { FAMILIES, SEVERITIES, type Severity } from '../model/finding.ts';
import { type MatcherConfig, OCCASIONS, TEAM_LANGUAGES, type TeamRule } from '../model/team-rule.ts';
import type { RepoPath } from '../model/tree.ts';
import { clip } from '../policy/clip.ts';
import { createFieldReader, type FieldReader } from '../policy/field-reader.ts';
import { patternProblem } from '../policy/path-pattern.ts';
import { describe, type FileError, type Located, readYamlStream } from '../policy/yaml-reader.ts';
import { teamLanguageNamed } from './languages.ts';
import { readMatcher } from './read-matcher.ts';
import { neededWords } from './words.ts';

const MOST_CHARACTERS = 65_536;
const MOST_RULES_IN_A_FILE = 50;
export const TEAM_RULE_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MOST_ID = 60;

/** ast-grep's severities in ours; `off` turns a rule off. */
const THEIR_SEVERITIES: Readonly<Record<string, Severity>> = { error: 'high', warning: 'medium', info: 'low', hint: 'low' };
const SEVERITY_NAMES = [...SEVERITIES, ...Object.keys(THEIR_SEVERITIES), 'off'];

/** What ast-grep has and a finding does not need; read, so that a published rule can be put in as it is, and not used. */
const UNUSED = ['fix', 'transform', 'rewriters', 'labels', 'metadata'];
const KEYS = [
  'id',
  'language',
  'rule',
  'constraints',
  'utils',
  'on',
  'family',
  'severity',
  'message',
  'note',
  'url',
  'files',
  'ignores',
  ...UNUSED,
];

export interface RuleFile {
  readonly rules: readonly TeamRule[];
  readonly errors: readonly FileError[];
}

/**
 * One file of `.brakeline/rules`: rules, or everything that is wrong with it, by line. A file with one mistake gives no rule at
 * all, so that half a file is never mistaken for the whole. The shape is also written as docs/brakeline-rule.schema.json
 * (test/team-rules/schema.test.ts holds that the two agree).
 */
export function readRuleFile(path: RepoPath, text: string): RuleFile {
  if (text.length > MOST_CHARACTERS) return refusal(`expected at most ${MOST_CHARACTERS} characters, found ${text.length}`);
  const { roots, errors } = readYamlStream(text);
  if (errors.length > 0) return { rules: [], errors };
  if (roots.length === 0) return refusal('expected a rule, found an empty file');
  if (roots.length > MOST_RULES_IN_A_FILE) return refusal(`expected at most ${MOST_RULES_IN_A_FILE} rules, found ${roots.length}`);
  const reader = createFieldReader();
  const rules = roots.flatMap((root) => readRule(root, path, reader) ?? []);
  if (reader.errors.length > 0) return { rules: [], errors: [...reader.errors].sort((a, b) => a.line - b.line) };
  return { rules, errors: [] };
}

function refusal(message: string): RuleFile {
  return { rules: [], errors: [{ line: 1, message }] };
}

function readRule(root: Located, path: RepoPath, reader: FieldReader): TeamRule | undefined {
  const fields = reader.map(root, 'the rule', KEYS);
  if (fields === undefined) return undefined;
  const value = (key: string): Located | undefined => fields.get(key)?.value;
  const name = readName(demand(value('id'), 'id', root, reader), reader);
  const language = readLanguage(demand(value('language'), 'language', root, reader), reader);
  const matcher = readMatchers(fields, root, reader);
  const severity = reader.choice(value('severity'), 'severity', SEVERITY_NAMES) ?? 'high';
  const on = reader.choice(value('on'), 'on', OCCASIONS) ?? 'added';
  const family = reader.choice(value('family'), 'family', FAMILIES) ?? 'safeguard';
  const message = reader.text(value('message'), 'message') ?? `matches the team's rule \`${name}\``;
  const note = reader.text(value('note'), 'note') ?? '';
  const url = readUrl(value('url'), reader);
  const files = readPatterns(value('files'), 'files', reader);
  const ignores = readPatterns(value('ignores'), 'ignores', reader);
  if (name === undefined || language === undefined || matcher === undefined || severity === 'off') return undefined;
  const weight = THEIR_SEVERITIES[severity] ?? SEVERITIES.find((one) => one === severity) ?? 'high';
  const written = JSON.stringify([name, language, on, family, weight, message, files, ignores, matcher]);
  return {
    id: `${family}/team-${name}`,
    version: `${digestParts(['brakeline/team-rule/v1', written]).slice(0, 12)}.0.0`,
    severity: weight,
    confidence: 'high',
    message,
    note,
    ...(url === undefined ? {} : { url }),
    language,
    on,
    files,
    ignores,
    matcher,
    words: neededWords(matcher.rule),
    path,
    line: fields.get('rule')?.line ?? root.line,
  };
}

function readName(value: Located | undefined, reader: FieldReader): string | undefined {
  const name = reader.text(value, 'id');
  if (name === undefined || value === undefined || (TEAM_RULE_ID.test(name) && name.length <= MOST_ID)) return name;
  reader.errors.push({
    line: value.line,
    message: `id: expected lower-case words with dashes, at most ${MOST_ID} characters, found ${JSON.stringify(clip(name))}`,
  });
  return undefined;
}

function readLanguage(value: Located | undefined, reader: FieldReader): TeamRule['language'] | undefined {
  const name = reader.text(value, 'language');
  if (name === undefined || value === undefined) return undefined;
  const language = teamLanguageNamed(name);
  if (language === undefined)
    reader.errors.push({
      line: value.line,
      message: `language: expected one of ${TEAM_LANGUAGES.join(', ')}, found ${JSON.stringify(clip(name))}`,
    });
  return language;
}

type Fields = NonNullable<ReturnType<FieldReader['map']>>;

function readMatchers(fields: Fields, root: Located, reader: FieldReader): MatcherConfig | undefined {
  const rule = demand(fields.get('rule')?.value, 'rule', root, reader);
  const named = (key: 'constraints' | 'utils'): object => {
    const value = fields.get(key)?.value;
    if (value === undefined) return {};
    if (value.kind !== 'map') {
      reader.errors.push({ line: value.line, message: `${key}: expected a mapping of names to rules, found ${describe(value)}` });
      return {};
    }
    const matchers = value.entries.map((entry) => [entry.key, readMatcher(entry.value, `${key}.${entry.key}`, reader)]);
    return { [key]: Object.fromEntries(matchers) };
  };
  const more = { ...named('constraints'), ...named('utils') };
  return rule === undefined ? undefined : { rule: readMatcher(rule, 'rule', reader), ...more };
}

/** Shown as a link in editors and reports, and opened by a person alone. */
function readUrl(value: Located | undefined, reader: FieldReader): string | undefined {
  const url = reader.text(value, 'url');
  if (url === undefined || value === undefined || /^https?:\/\/[^\s<>"]+$/.test(url)) return url;
  reader.errors.push({
    line: value.line,
    message: `url: expected an address that starts with https://, found ${JSON.stringify(clip(url))}`,
  });
  return undefined;
}

function readPatterns(value: Located | undefined, what: string, reader: FieldReader): readonly string[] {
  return reader.list(value, what).flatMap((item) => {
    const pattern = reader.text(item, `an entry of ${what}`);
    const problem = pattern === undefined ? undefined : patternProblem(pattern);
    if (pattern === undefined || problem === undefined) return pattern ?? [];
    reader.errors.push({
      line: item.line,
      message: `${what}: expected a path pattern, found ${JSON.stringify(clip(pattern))}: ${problem}`,
    });
    return [];
  });
}

function demand(value: Located | undefined, key: string, parent: Located, reader: FieldReader): Located | undefined {
  if (value === undefined) reader.errors.push({ line: parent.line, message: `the rule: expected the key ${key}, found none` });
  return value;
}
