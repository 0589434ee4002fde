import type { Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { fieldNear, fieldOnLine } from '../code/field-names.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isReplaced } from '../schema/dropped-constraints.ts';
import { schemaChanges } from '../schema/schema-changes.ts';
import { statementsIn, statementsOfHunk } from '../schema/schema-statements.ts';
import { isDownMigration, lastPart } from '../schema/sql-context.ts';

/** `INSERT … ON CONFLICT DO NOTHING` without its conflict. */
export function* lostConflicts(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.statements) {
    const isOnce = (names: readonly string[]): boolean =>
      names.some((name) => /^(conflict|ignore|duplicate)$/.test(name)) || / not exists select /.test(names.join(' '));
    if (
      old.verb !== 'insert' ||
      !isOnce(old.names) ||
      !/payment|charge|refund|payout|transfer|invoice|ledger|credit|event|idempot|processed|debit|order|entr(?:y|ies)|points?|reward|voucher|grant/.test(
        old.targets.join(' '),
      )
    )
      continue;
    const now = input.added.statements.find((other) => other.verb === 'insert' && other.targets.join() === old.targets.join());
    if (now !== undefined && !isOnce(now.names) && !now.conditions.some((condition) => condition.startsWith('not exists')))
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`the insert into \`${shorten(old.targets.join(), 28)}\` no longer keeps it to one row`),
      };
  }
}

/** Columns by which a request, a message or a payment is known again. */
const IDENTITY =
  /(^|_)(idempot\w*|dedupe?\w*|(request|req|event|message|msg|external|ext|client|provider|psp|gateway|webhook|source|payment|charge|transfer|operation|correlation|order|transaction|txn?|trace)_?(id|ref|key|token|uid|uuid|reference|no|number)|nonce|reference|request_?hash)(_|$)/i;
const PAID =
  /payment|charge|refund|payout|transfer|invoice|ledger|credit|debit|order|transaction|txn|entr(y|ies)|booking|billing|wallet|top_?up|withdraw|deposit|settle|journal|event|webhook|inbox|voucher|donation|subscription/i;

/** A unique index or key that kept one request to one row. */
export function* lostUniqueness(input: RuleInput): Iterable<FindingDraft> {
  for (const change of schemaChanges(input, /^(drop-constraint|drop-index|disable-constraint)$/)) {
    const { action, statement, table } = change;
    // A model's own fields are read below.
    if (statement.isModel === true) continue;
    const own = action.name.replace(`${lastPart(table)}_`, '');
    const isUnique = action.constraint === 'unique' || /(^|_)(uniq(ue)?|uq|ux|uk|key|once)(_|$)/i.test(action.name);
    const isForeign =
      /(^|_)(fk|fkey|pk|pkey|check|chk)(_|$)/i.test(action.name) || (action.constraint !== undefined && action.constraint !== 'unique');
    if (!isUnique || isForeign || !IDENTITY.test(`${own} ${(action.columns ?? []).join(' ')}`.replaceAll(' ', '_'))) continue;
    if (!PAID.test(`${table} ${action.name}`) || isReplaced(change, input)) continue;
    yield {
      side: statement.side,
      range: statement.range,
      message: fitMessage(`nothing keeps a request to one row any more: \`${shorten(action.name, 36)}\` is dropped`),
    };
  }
}

/** `request_id = models.CharField(unique=True)` of a model, whose field is still there. */
export function* lostUniqueFields(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (!/^(?:unique|isUnique)$/.test(option.name) || !/^(?:True|true)$/.test(option.value)) continue;
    const field = indexedField(input, option) ?? (fieldOnLine(input, option) || (/(?<!\w)(\w+)\.unique/.exec(option.key)?.[1] ?? ''));
    const { after } = input;
    if (
      field === '' ||
      after === undefined ||
      !IDENTITY.test(words(field).replaceAll(' ', '_')) ||
      !PAID.test(`${option.scope} ${option.callee} ${input.path}`)
    )
      continue;
    const text = tokensOf(after, '');
    // The field went, or the model says it beside its fields.
    if (!new RegExp(`\\b${escaped(field)}\\b`).test(text) || /Unique|unique_together|unique:true|primary_key=True/.test(text)) continue;
    if (after.options.some((other) => other.name === option.name && fieldNear(input, 'after', other) === field)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`nothing keeps a request to one row any more: \`${shorten(field, 30)}\` need not be unique`),
    };
  }
}

/** `@Index(['externalId'], { unique: true })`: the one field that an index stands on. */
function indexedField({ removed }: RuleInput, option: Option): string | undefined {
  if (!/^(?:Index|Unique|Indexed)$/.test(option.callee)) return undefined;
  const call = removed.calls.find(
    (one) => one.callee === option.callee && one.range.start.line <= option.range.start.line && option.range.end.line <= one.range.end.line,
  );
  const names = call?.args.join(' ').match(/(?<=['"])\w+(?=['"])/g) ?? [];
  return names.length === 1 ? names[0] : undefined;
}

/** `DROP INDEX uniq_payments_external_id` says its table in the name of the index alone. */
export function* lostIndexes(input: RuleInput): Iterable<FindingDraft> {
  for (const statement of statementsOfHunk(input, 'after')) {
    if (statement.verb !== 'drop-index' || isDownMigration(statement, input.path, input.after)) continue;
    const said = [...statement.targets, ...statement.actions.map(({ name }) => name)].join(' ');
    const isUnique = /(^|[_ .])(uniq(ue)?|uq|uidx|ux|uk|key|once)(_|$| )/i.test(said);
    if (!isUnique || !IDENTITY.test(said.replaceAll(' ', '_')) || !PAID.test(said)) continue;
    const isMade = statementsIn(input.after).some(
      (other) =>
        other.verb === 'create-index' && other.range.start.line !== statement.range.start.line && /unique/i.test(other.names.join(' ')),
    );
    if (!isMade)
      yield {
        side: statement.side,
        range: statement.range,
        message: fitMessage(`nothing keeps a request to one row any more: \`${shorten(said, 36)}\` is dropped`),
      };
  }
}
