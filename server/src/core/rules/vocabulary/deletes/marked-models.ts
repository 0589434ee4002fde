import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { UNSCOPED } from './row-deletes.ts';

/** gorm deletes by mark as soon as a model has `gorm.DeletedAt`, unless it is told `Unscoped`. */
export function isMarkedByModel(input: RuleInput, { callee, args }: Call): boolean {
  if (lastName(callee) !== 'Delete' || UNSCOPED.test(callee)) return false;
  const model = /^&?(\w+)(?:\{\}|$)/.exec(args[0] ?? '')?.[1];
  if (model === undefined || !/^[A-Z]/.test(model)) return false;
  return input.trees.after.mentioning('gorm', ['.go']).some((path) => {
    const content = input.trees.after.read(path);
    const text = content?.kind === 'text' ? content.text : '';
    const body = text.split(`type ${model} struct {`)[1]?.split('\n}')[0] ?? '';
    return /\bgorm\.(DeletedAt|Model)\b|\bsoft_delete\.DeletedAt\b/.test(body);
  });
}

/** `db := s.db.Unscoped()`, and a delete by that name. */
export function* unscopedBefore(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (lastName(call.callee) !== 'Unscoped') continue;
    const line = tokensOn(input.after, call.range.start.line, call.range.end.line).map(({ text }) => text);
    const name = /^([A-Za-z_]\w*) :?= [^=]*\. Unscoped \( \)\W*$/.exec(line.join(' '))?.[1];
    const deletes = (calls: readonly Call[]): readonly Call[] =>
      calls.filter(({ callee, scope }) => lastName(callee) === 'Delete' && within(scope, call.scope));
    if (name === undefined || deletes(input.before?.calls ?? []).every(({ callee }) => UNSCOPED.test(callee))) continue;
    const victim = deletes(input.after?.calls ?? []).find(({ callee }) => callee.startsWith(`${name}.`));
    if (victim !== undefined)
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(victim.callee, 34)}\` deletes what was only marked before`),
      };
  }
}

/** What made every delete of a model a mark is gone, and the model is not. */
export function* lostFromModel(input: RuleInput): Iterable<FindingDraft> {
  const { removed, added, after } = input;
  const stays = (owner: string): boolean => after?.symbols.some((symbol) => symbol.name === owner) === true;
  const say = (range: Range, owner: string): FindingDraft => ({
    side: 'before',
    range,
    message: fitMessage(`a delete of \`${shorten(owner, 30)}\` takes the row now; it only marked it before`),
  });
  const MODEL_MARK = /^(SQLDelete|SoftDelete|DeleteDateColumn)$/;
  for (const call of removed.calls) {
    const owner = MODEL_MARK.test(call.callee) && call.kind === 'decorator' ? (call.scope.split('.')[0] ?? '') : '';
    if (owner === '' || !stays(owner)) continue;
    const isBack = after?.calls.some((other) => MODEL_MARK.test(other.callee) && other.scope.split('.')[0] === owner) === true;
    if (!isBack) yield say(call.range, owner);
  }
  const GORM = /^(gorm|soft_delete)\.DeletedAt\b/;
  for (const { name, type, range } of removed.symbols) {
    if (!GORM.test(type)) continue;
    const owner = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    const isBack = after?.symbols.some((other) => other.name.startsWith(`${owner}.`) && GORM.test(other.type)) === true;
    if (stays(owner) && !isBack) yield say(range, owner);
  }
  for (const { name, value, scope, range } of removed.options) {
    if (name !== 'paranoid' || value !== 'true') continue;
    const isOff = after?.options.every((other) => other.name !== 'paranoid' || other.value !== 'true') === true;
    if (isOff && (added.options.length > 0 || removed.symbols.length === 0)) yield say(range, scope || 'the model');
  }
}

/** Sequelize marks the rows of a `paranoid` model, unless a call is told `force`. */
export function* forcedDeletes(input: RuleInput): Iterable<FindingDraft> {
  for (const { name, value, callee, range, scope } of input.added.options) {
    if (name !== 'force' || value !== 'true' || lastName(callee) !== 'destroy' || !/\.[cm]?[jt]s$/.test(input.path)) continue;
    const stood = input.before?.calls.some((old) => old.callee === callee && counterpartScope(input, old.scope) === scope) === true;
    if (stood && input.trees.after.mentioning('paranoid', ['.ts', '.js', '.mjs', '.cjs']).length > 0)
      yield { side: 'after', range, message: fitMessage(`\`${shorten(callee, 34)}\` deletes what was only marked before`) };
  }
}
