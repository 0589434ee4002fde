import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Range } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { type ApiBreak, compareApis } from '../vocabulary/contract/openapi-changes.ts';
import { type ApiNode, apiDocument } from '../vocabulary/contract/openapi-document.ts';
import { namesAsBefore } from '../vocabulary/schema/written-by-rule.ts';

/**
 * ## What it sees
 * An OpenAPI or Swagger document after which old clients fail: an operation, a response, a media type, a property of a
 * response or a value of an enum is gone; a parameter, a body or a property must be given that could be left out; a type or a
 * format is another one; a result may be null or missing now. References are followed, so a schema that moved or was renamed
 * is compared by what it holds. And one rule for all keys of the models that answers are written from (`alias_generator`,
 * `JsonNaming`), which gives each of them another spelling.
 *
 * ## Why it matters
 * The document is what clients were generated from and gateways check against. Each of these is refused or read as nothing on
 * the other side, in programs that nobody here builds.
 *
 * ## When it is fine
 * New operations and optional parts, descriptions, examples, a stricter response, a looser request, and what was deprecated
 * before. These are not flagged.
 *
 * ## What it misses
 * Documents in pieces that other files refer to, narrower bounds of a value (`maxLength`, `pattern`), and a document that is
 * deleted as a whole.
 */
export default defineRule({
  id: 'contract/openapi-breaking',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An API description broke its clients',
  reads: ['settings', 'options', 'calls'],
  evidence: [{ title: 'oasdiff: breaking changes', url: 'https://github.com/oasdiff/oasdiff' }],
  *check(input): Iterable<FindingDraft> {
    yield* renamedByRule(input);
    const before = apiDocument(input.before);
    const after = apiDocument(input.after);
    if (before === null || after === null) return;
    const said = new Set<string>();
    for (const found of compareApis(before, after)) {
      const setting = placeIn(input, found);
      if (setting === undefined) continue;
      const id = `${setting.side} ${setting.setting.key} ${found.text.replace(/^(request|response \S+)/, '')}`;
      // One schema serves many operations.
      if (said.has(id)) continue;
      said.add(id);
      const severity = found.severity === undefined ? {} : { severity: found.severity };
      yield { side: setting.side, range: setting.setting.range, message: fitMessage(found.text), ...severity, ...thingsOf(found) };
    }
  },
});

/** Every key that a model writes has another spelling, because one rule for all of them was set: pydantic, Jackson, class-transformer. */
function* renamedByRule(input: RuleInput): Iterable<FindingDraft> {
  const { before, path } = input;
  if (before === undefined || /(^|\/)(tests?|clients?|vendor)\//.test(path)) return;
  const isModel = before.symbols.some(
    ({ name, kind, type }) =>
      kind === 'class' &&
      (/\b(BaseModel|Schema|Serializer|Struct|SQLModel|Model)\b/.test(type) ||
        /(Out|Response|Dto|DTO|View|Resource|Payload|Read|Public)$/.test(name)),
  );
  const severity =
    /(^|[/_-])(schemas?|api|dto|responses?|serializers?|views?|resources?|models?|contracts?)([/._-]|$)/i.test(path) || isModel
      ? ('high' as const)
      : ('medium' as const);
  const said = (range: Range, text: string): FindingDraft => ({ side: 'after', range, message: fitMessage(text), severity });
  for (const option of input.added.options) {
    if (!/^(alias_generator|serialize_by_alias)$/.test(option.name) || /^(None|False)$/.test(option.value) || !isModel) continue;
    if (before.options.some((other) => other.name === option.name && other.value === option.value)) continue;
    yield said(option.range, `\`${shorten(`${option.name}=${option.value}`, 40)}\` renames the keys of every answer`);
    return;
  }
  for (const call of input.added.calls) {
    const isNaming =
      call.kind === 'decorator'
        ? call.callee === 'JsonNaming'
        : /^(setPropertyNamingStrategy|propertyNamingStrategy)$/.test(lastName(call.callee));
    if (
      !isNaming ||
      before.calls.some((other) => other.callee === call.callee && other.args.join() === call.args.join()) ||
      namesAsBefore(input, call)
    )
      continue;
    yield said(call.range, `\`${shorten(lastName(call.callee), 28)}\` renames the keys of every answer`);
  }
  for (const setting of input.added.settings) {
    if (!/^(property[-_]?naming[-_]?strategy|property-naming)$/i.test(setting.path.at(-1) ?? '')) continue;
    yield said(setting.range, `\`${shorten(String(setting.path.at(-1)), 30)}\` renames the keys of every answer`);
  }
}

/** A path that is gone, and the operation by the name that clients have for it. */
function thingsOf({ gone }: ApiBreak): Pick<FindingDraft, 'things'> {
  if (gone === undefined) return {};
  const operation = gone.operationId === undefined ? [] : [{ kind: 'operation' as const, name: gone.operationId }];
  return { things: [{ kind: 'route', name: gone.url }, ...operation] };
}

interface Place {
  readonly side: FindingDraft['side'];
  readonly setting: Setting;
}

/** Where in this hunk a break was made: the setting that says it, or the reference that leads elsewhere now. */
function placeIn(input: RuleInput, { side, setting, within }: ApiBreak): Place | undefined {
  if (setting !== undefined) {
    const changed = side === 'before' ? input.removed.settings : input.added.settings;
    if (changed.includes(setting)) return { side, setting };
    const stays = (side === 'before' ? input.after : input.before)?.settings.some((other) => other.key === setting.key) === true;
    if (!stays) return undefined;
  }
  const reference = within === undefined ? undefined : referenceIn(input, within);
  return reference === undefined ? undefined : { side: 'after', setting: reference };
}

function referenceIn(input: RuleInput, node: ApiNode): Setting | undefined {
  if (node.setting?.path.at(-1) === '$ref' && input.added.settings.includes(node.setting)) return node.setting;
  for (const child of node.children.values()) {
    const found = referenceIn(input, child);
    if (found !== undefined) return found;
  }
  return undefined;
}
