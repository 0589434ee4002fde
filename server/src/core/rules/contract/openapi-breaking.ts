import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { type ApiBreak, compareApis } from '../vocabulary/contract/openapi-changes.ts';
import { type ApiNode, apiDocument } from '../vocabulary/contract/openapi-document.ts';

/**
 * ## What it sees
 * An OpenAPI or Swagger document after which old clients fail: an operation, a response, a media type, a property of a
 * response or a value of an enum is gone; a parameter, a body or a property must be given that could be left out; a type or a
 * format is another one; a result may be null or missing now. References are followed, so a schema that moved or was renamed
 * is compared by what it holds.
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
  reads: ['settings'],
  evidence: [{ title: 'oasdiff: breaking changes', url: 'https://github.com/oasdiff/oasdiff' }],
  *check(input): Iterable<FindingDraft> {
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
      yield { side: setting.side, range: setting.setting.range, message: fitMessage(found.text), ...severity };
    }
  },
});

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
