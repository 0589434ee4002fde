import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Range } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';

/**
 * ## What it sees
 * An expression that a stranger can fill (`github.event.issue.title`, `github.head_ref`, a commit's message) written straight
 * into a script of a workflow, an action or `github-script`; and a value of any kind that went through `env:` before and is
 * written into the script now.
 *
 * ## Why it matters
 * The expression is put into the script before a shell reads it, so a title such as `$(curl …)` is a command that runs with
 * the workflow's token.
 *
 * ## When it is fine
 * The value goes through `env:` and the script reads the variable. Numbers, commit ids and names that only a maintainer can
 * choose are not flagged.
 *
 * ## What it misses
 * A variable that the script itself hands to `eval`, and a value that an earlier step took from the event.
 */
export default defineRule({
  id: 'access/ci-template-injection',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'A stranger’s text becomes part of a script',
  reads: ['settings', 'commands'],
  evidence: [{ title: 'zizmor: template-injection', url: 'https://docs.zizmor.sh/audits/#template-injection' }],
  *check(input): Iterable<FindingDraft> {
    if (!/(^|\/)\.github\/(workflows|actions)\/|(^|\/)action\.ya?ml$/.test(input.path)) return;
    const known = new Map<string, number>();
    for (const setting of input.before?.settings ?? [])
      for (const expression of injections(setting)) known.set(expression, (known.get(expression) ?? 0) + 1);
    for (const setting of input.after?.settings ?? []) {
      const isAdded = input.added.settings.includes(setting) || holdsChangedCommand(setting, input);
      // What went through the environment is put into the script itself now.
      for (const expression of isAdded ? unwrapped(setting, input) : []) yield* told(expression, setting, input);
      for (const expression of injections(setting)) {
        const old = known.get(expression) ?? 0;
        if (old > 0) known.set(expression, old - 1);
        else if (isAdded) yield* told(expression, setting, input);
      }
    }
  },
});

/** A script of several hunks is told in the one that writes the expression, where a command of that hunk shows which it is. */
function* told(expression: string, setting: Setting, input: RuleInput): Iterable<FindingDraft> {
  const range = placeOf(expression, setting, input);
  const { start, lines } = input.hunk.after;
  const { line } = range.start;
  const isHere = line >= start && line < start + lines;
  const isElsewhere = !isHere && range !== setting.range && isInNewCommand(line, input);
  if (isElsewhere || (!isHere && !input.added.settings.includes(setting))) return;
  yield { side: 'after', range, message: fitMessage(`${quote(expression, 44)} is run as part of a script`) };
}

/** A script whose first line another hunk has, and one of whose commands this one writes. */
function holdsChangedCommand({ range }: Setting, { added }: RuleInput): boolean {
  return added.commands.some((command) => command.range.start.line >= range.start.line && command.range.end.line <= range.end.line);
}

function isInNewCommand(line: number, { before, after }: RuleInput): boolean {
  const own = after?.commands.filter(({ range }) => range.start.line <= line && line <= range.end.line) ?? [];
  return own.length > 0 && own.every((command) => before?.commands.some(({ key }) => key === command.key) !== true);
}

/** What the author of an issue, a comment, a commit or a branch chooses (actionlint and zizmor list the same). */
const FOREIGN =
  /\bgithub\.(head_ref|event\.(issue\.(title|body)|pull_request\.(title|body|head\.(ref|label|repo\.default_branch)|user\.login)|comment\.body|review\.body|review_comment\.body|discussion\.(title|body)|head_commit\.(message|author\.(email|name))|commits[^}\s]*\.(message|author\.(email|name))|pages[^}\s]*\.page_name|workflow_run\.(head_branch|display_title|head_commit\.(message|author\.(email|name))|head_repository\.description|pull_requests[^}\s]*\.head\.ref)|release\.(name|body|tag_name)|label\.(name|description)|milestone\.(title|description)))\b/;

/** Expressions of a script that stood in an `env:` of the file before and no longer do: `${{ inputs.title }}`. */
function unwrapped(setting: Setting, { removed, after }: RuleInput): readonly string[] {
  if (typeof setting.value !== 'string' || !isScript(setting)) return [];
  const passed = (value: Setting['value']): string => String(value).replace(/\s+/g, '');
  const gone = new Set(removed.settings.filter(({ path }) => path.includes('env')).map(({ value }) => passed(value)));
  const left = new Set(after?.settings.filter(({ path }) => path.includes('env')).map(({ value }) => passed(value)));
  return [...setting.value.matchAll(/\$\{\{[^}]*\}\}/g)]
    .map((match) => match[0])
    .filter(
      (expression) =>
        gone.has(passed(expression)) &&
        !left.has(passed(expression)) &&
        !FOREIGN.test(expression) &&
        /\b(inputs|steps|needs|env|github\.event|matrix)\b/.test(expression) &&
        !/\.(number|id|sha|run_id)\b/.test(expression),
    );
}

function injections(setting: Setting): readonly string[] {
  if (typeof setting.value !== 'string' || !isScript(setting)) return [];
  return [...setting.value.matchAll(/\$\{\{[^}]*\}\}/g)]
    .map((match) => match[0])
    .filter(
      (expression) =>
        FOREIGN.test(expression) &&
        !/^\$\{\{\s*(toJSON|contains|startsWith|endsWith|hashFiles)\(/i.test(expression) &&
        !/(==|!=)/.test(expression),
    );
}

/** `run:` of a step, and what `actions/github-script` and its like evaluate. */
function isScript(setting: Setting): boolean {
  return (
    /^(run|script|inlineScript|command|commands|cmd|args)$/.test(nameOf(setting)) &&
    (setting.path.includes('steps') || setting.path.includes('runs'))
  );
}

/** The expression's own place where the file has it on a line of the setting; else the setting. */
function placeOf(expression: string, setting: Setting, { trees, path }: RuleInput): Range {
  const content = trees.after.read(path);
  const lines = content?.kind === 'text' ? content.text.split('\n') : [];
  for (let line = setting.range.start.line; line <= setting.range.end.line; line++) {
    const at = lines[line - 1]?.indexOf(expression) ?? -1;
    if (at >= 0) return { start: { line, character: at }, end: { line, character: at + expression.length } };
  }
  return setting.range;
}
