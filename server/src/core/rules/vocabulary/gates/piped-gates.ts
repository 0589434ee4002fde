import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { keepOf } from '../code/kept.ts';
import { nameOf } from '../settings/setting-index.ts';
import { sourceOf } from '../shell/command-parts.ts';
import { gateOf } from './gate-kinds.ts';

/** `npm test | tee test.log` of a shell without `pipefail`: the pipe ends as its last program does, and the check fails nobody. */
export function* pipedGates(input: RuleInput): Generator<FindingDraft> {
  const { added, before, after, path } = input;
  if (
    before === undefined ||
    after === undefined ||
    !/\.(?:sh|bash)$|(?:^|\/)(?:package\.json|GNUmakefile|[Mm]akefile|\.github\/.+\.ya?ml|\.husky\/.+)$/.test(path)
  )
    return;
  for (const end of added.commands) {
    if (end.pipedFrom === undefined || !/^(?:tee|tail|head|cat|ts|sed|awk|less|tap-\w+|pino-pretty|sort|tr|cut|jq)$/.test(end.name))
      continue;
    const gate = gateInFront(after, end);
    const kind = gate === undefined ? undefined : gateOf(gate);
    if (gate === undefined || kind === undefined || kind === 'lint' || kind === 'build' || seesFailures(after)) continue;
    const was = before.commands.find((old) => old.written === gate.written && !piped(before).has(old));
    if (was === undefined) continue;
    yield {
      side: 'after',
      range: end.range,
      message: fitMessage(`${quote(sourceOf(gate), 26)} fails nobody in a pipe into ${quote(end.name, 10)} without pipefail`),
    };
  }
}

/** The command that feeds this one, directly. */
function gateInFront(facts: SourceFacts, end: Command): Command | undefined {
  const { line, character } = end.range.start;
  return facts.commands.findLast(
    ({ name, range, scope }) =>
      name === end.pipedFrom && scope === end.scope && range.end.line === line && range.end.character <= character,
  );
}

/** Commands whose output another one reads. */
const piped = keepOf(
  (facts: SourceFacts): ReadonlySet<Command> =>
    new Set(facts.commands.flatMap((end) => (end.pipedFrom === undefined ? [] : (gateInFront(facts, end) ?? [])))),
);

/** `pipefail` in any way that one says it, `PIPESTATUS`, or GitHub's `shell: bash`, which sets it. */
const seesFailures = keepOf(
  (facts: SourceFacts): boolean =>
    facts.commands.some(({ written }) => /pipefail|PIPESTATUS/.test(written)) ||
    facts.settings.some(
      (setting) => (nameOf(setting) === 'shell' && /^bash\b/.test(String(setting.value))) || /pipefail/.test(String(setting.value)),
    ) ||
    /pipefail|PIPESTATUS/.test(facts.text ?? ''),
);
