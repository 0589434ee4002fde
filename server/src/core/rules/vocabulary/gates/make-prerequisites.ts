import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft, Severity } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { keepOf } from '../code/kept.ts';
import { ships } from '../settings/jobs.ts';
import { gateOf, gateOfName, severityOfGate } from './gate-kinds.ts';

/** Targets of a makefile that ship or destroy, and no longer come after one that checks, or that asks a person: `deploy: test`. */
export function* lostPrerequisites(input: RuleInput): Iterable<FindingDraft> {
  const { hunk, before, after } = input;
  if (before?.language !== 'make' || after?.language !== 'make') return;
  const now = targetsIn(after);
  for (const [name, { line, needs }] of targetsIn(before)) {
    const inHunk = holdsLine(hunk.before, line);
    if (!inHunk || !now.has(name) || !isOutward(after, name)) continue;
    const reached = reachedFrom(now, name);
    for (const need of needs) {
      const severity = reached.has(need) ? undefined : weightOf(need);
      // Its own recipe may do what the other one did.
      const kind = gateOfName(need);
      const own = after.commands.filter(({ scope }) => scope === name);
      if (
        severity === undefined ||
        own.some((command) => command.written.includes(need) || (kind !== undefined && gateOf(command) === kind)) ||
        runsAlike(before, after, need, [name, ...reached])
      )
        continue;
      yield {
        side: 'before',
        range: rangeOfLine(input, 'before', line),
        severity,
        message: fitMessage(`${quote(name, 28)} no longer comes after ${quote(need, 28)}`),
      };
    }
  }
}

/** What the recipe of one target ran is run by the recipes of others now, command by command. */
function runsAlike(before: SourceFacts, after: SourceFacts, target: string, others: readonly string[]): boolean {
  const old = before.commands.filter(({ scope }) => scope === target);
  const now = new Set(after.commands.flatMap(({ scope, written }) => (others.includes(scope) ? [written] : [])));
  return old.length > 0 && old.every(({ written }) => now.has(written));
}

interface Target {
  readonly line: number;
  readonly needs: readonly string[];
}

/** By name. A target that is told twice needs what both say. */
const targetsIn = keepOf(({ tokens }: SourceFacts): ReadonlyMap<string, Target> => {
  const found = new Map<string, Target>();
  for (const { text, line } of tokens) {
    const [, names, needs] = /^([A-Za-z][^:=]*)::?(?!=)([^=|;]*)/.exec(text) ?? [];
    if (names === undefined || needs === undefined || text.startsWith('\t') || /^[^:]*=/.test(text)) continue;
    for (const name of names.trim().split(' ')) {
      const known = found.get(name);
      found.set(name, { line: known?.line ?? line, needs: [...(known?.needs ?? []), ...needs.split(' ').filter((need) => need !== '')] });
    }
  }
  return found;
});

function reachedFrom(targets: ReadonlyMap<string, Target>, name: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const need of targets.get(next)?.needs ?? []) {
      if (reached.has(need)) continue;
      reached.add(need);
      open.push(need);
    }
  return reached;
}

const ASKS_PERSON = /\b(confirm\w*|approv\w*|ask|prompt|sure)\b/;
const ASKS = /\b(check|guard|require|assert|verify|ensure|validate|preflight|precheck|env|clean tree|login|context)\b/;

/** What is lost with it; undefined for what only builds. */
function weightOf(need: string): Severity | undefined {
  if (ASKS_PERSON.test(words(need))) return 'critical';
  const kind = gateOfName(need);
  if (kind !== undefined && kind !== 'build') return severityOfGate(kind, need);
  return ASKS.test(words(need)) ? 'high' : undefined;
}

/** By its name or by what it runs, it reaches what people use. */
function isOutward({ commands }: SourceFacts, name: string): boolean {
  return (
    /\b(deploy\w*|release|publish|promote|ship|push|destroy|drop|migrate|apply|prod|production|live|rollback|reset|purge|wipe)\b/.test(
      words(name),
    ) || commands.some(({ scope, written }) => scope === name && (ships(written) || /\bterraform destroy\b/.test(written)))
  );
}
