import type { Scope, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { hasScope, within } from '../code/counterpart.ts';
import { assignedMarks, isMark, setsMark } from './delete-marks.ts';

/**
 * What stood between every delete of a model and its row, and is gone while the model stays: the model's own `delete` that marked
 * the row, the base class or the plugin that brought one, the extension of a client that turned deletes into updates.
 */
export function* lostOverrides(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  const end = hunk.before.start + hunk.before.lines;
  for (const place of before.scopes) {
    if (place.startLine < hunk.before.start || place.startLine >= end || !DELETES.test(lastName(place.name))) continue;
    const owner = ownerOf(before, after, place);
    if (owner === undefined || hasScope(after, place.name) || !marks(before, place) || isTakenOver(input, after, owner)) continue;
    yield say(input, place.startLine, owner);
  }
  const lost = lostName(input);
  if (lost !== undefined && !isTakenOver(input, after, lost.text)) yield say(input, lost.line, lost.text);
}

const DELETES = /^(delete|destroy|remove|deleteMany|delete_many|deleteOne|perform_destroy|Delete|BeforeDelete|before_delete)$/;
/** Base classes of what is kept in a database. */
const MODELS = /\b(\w*Model|\w*Document|BaseEntity|Base|ApplicationRecord|QuerySet|Manager|DeclarativeBase)\b/;

/** The model that the function belongs to and that stays, or the client that it extends. */
function ownerOf(before: SourceFacts, after: SourceFacts, { name, startLine }: Scope): string | undefined {
  const own = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  if (own !== '') {
    const isModel = before.symbols.some((symbol) => symbol.name === own && symbol.kind === 'class' && MODELS.test(symbol.type));
    return isModel && after.symbols.some((symbol) => symbol.name === own) ? own : undefined;
  }
  const extension = before.calls.find(
    ({ callee, range }) => EXTENDS.test(callee) && range.start.line <= startLine && startLine <= range.end.line,
  );
  return extension === undefined ? undefined : 'the client';
}

const EXTENDS = /\.(\$extends|\$use|plugin|pre)$/;

function marks(facts: SourceFacts, { name, startLine, endLine }: Scope): boolean {
  return (
    facts.options.some((option) => within(option.scope, name) && isMark(option)) ||
    facts.calls.some((call) => within(call.scope, name) && setsMark(call)) ||
    assignedMarks(facts, startLine, endLine).length > 0
  );
}

/** Another function of such a name marks, or the model has a base or a plugin whose name says that it does. */
function isTakenOver(input: RuleInput, after: SourceFacts, owner: string): boolean {
  const elsewhere = input.addedElsewhere();
  if (after.tokens.some(({ text }) => SOFT.test(text)) || elsewhere.symbols.some(({ name }) => SOFT.test(lastName(name)))) return true;
  if (elsewhere.options.some((option) => isMark(option) && DELETES.test(lastName(option.scope)))) return true;
  return after.scopes.some(
    (place) =>
      (DELETES.test(lastName(place.name)) || place.name.startsWith(`${owner}.`)) &&
      (input.before === undefined || !hasScope(input.before, place.name)) &&
      marks(after, place),
  );
}

/** Names of libraries and of a team's own bases that make a delete a mark. */
const SOFT =
  /^(acts_as_paranoid|acts_as_archival|paranoia|Paranoid|\w*[sS]oft_?[dD]elet(e|es|able|ion)(Model|Mixin|Plugin|Extension|Middleware|Base|Entity|Manager|Repository)?|mongoose_?[dD]elete|SafeDelete\w*)$/;

/** A line that gave a model such a base, plugin or extension. */
function lostName({ before, after, hunk }: RuleInput): { readonly line: number; readonly text: string } | undefined {
  const lines = tokensOn(before, hunk.before.start, hunk.before.start + hunk.before.lines - 1);
  const found = lines.find(({ text }, at) => SOFT.test(text) && isGiven(lines, at));
  return found === undefined || after?.tokens.some(({ text }) => text === found.text) === true ? undefined : found;
}

function isGiven(tokens: readonly { readonly text: string; readonly line: number }[], at: number): boolean {
  const line = tokens[at]?.line;
  const beside = tokens.filter((token) => token.line === line).map(({ text }) => text);
  if (/^acts_as_/.test(tokens[at]?.text ?? '')) return true;
  return beside.some((text) => /^(class|include|extends|plugin|use|\$extends|\$use|extend)$/.test(text)) && !beside.includes('import');
}

function say(input: RuleInput, line: number, owner: string): FindingDraft {
  return {
    side: 'before',
    range: rangeOfLine(input, 'before', line),
    message: fitMessage(`a delete of \`${shorten(owner, 30)}\` takes the row now; it only marked it before`),
  };
}
