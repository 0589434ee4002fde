import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { changedCommands, flagsOf } from '../shell/command-parts.ts';
import { type GateKind, gateOf, severityOfGate } from './gate-kinds.ts';
import type { GatePlace } from './gate-places.ts';

const WEAKER =
  /^(--passWithNoTests|--pass-with-no-tests|--exit-zero|--no-fail\S*|--soft-fail|--skip-?tests?|-DskipTests(=true)?|-Dmaven\.test\.skip(=true)?|--no-tests|--no-bail|--allow-no-tests|--allow-empty-tests|--if-present|--skip-(e2e|integration|unit|security|audit)|--no-audit|--testPathIgnorePatterns|--deselect|--ignore-tests?|--no-error|--continue-on-failure|--warn-only|--skip-check(s)?|--suppress-tests)$/;
/** Numbers and levels that say from where on a check fails. */
const LEVELS =
  /^--?(audit-level|severity-threshold|fail-on|fail-severity|exit-code|max-warnings|cov-fail-under|fail-under|threshold|coverage-threshold|min-coverage|severity)$/;
const ORDER = ['any', 'info', 'negligible', 'low', 'moderate', 'medium', 'high', 'critical', 'none'];

/** A check that runs and says yes to more: `--passWithNoTests`, a lower threshold. */
export function* weakerFlags(input: RuleInput, place: GatePlace): Generator<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    const kind = gateOf(after) ?? gateOf(before) ?? (place === 'none' ? undefined : buildTool(after));
    if (kind === undefined) continue;
    const old = flagsOf(before);
    for (const flag of flagsOf(after)) {
      const was = old.find((other) => other.name === flag.name);
      const isWeaker = WEAKER.test(flag.name)
        ? was === undefined &&
          !/^(false|no|0)$/i.test(flag.value ?? '') &&
          !old.some((other) => WEAKER.test(other.name)) &&
          !runsElsewhere(flag.name, input)
        : LEVELS.test(flag.name) && was !== undefined && isLower(flag.name, was.value ?? '', flag.value ?? '');
      const excludes = flag.name === '-x' && /^(test|check|integrationTest)$/.test(flag.value ?? '') && was === undefined;
      if (!isWeaker && !excludes) continue;
      const said = flag.value === undefined ? flag.name : `${flag.name} ${flag.value}`;
      yield {
        side: 'after',
        range: after.range,
        severity: flag.name === '--if-present' ? 'medium' : severityOfGate(kind),
        message: fitMessage(`${quote(before.words.map((word) => word.source).join(' '), 30)} passes more now: ${quote(said, 28)}`),
      };
      break;
    }
  }
}

/** A build that leaves the tests to another step of the same pipeline. */
function runsElsewhere(flag: string, { after }: RuleInput): boolean {
  if (!/skip-?tests?$/i.test(flag)) return false;
  return (
    after?.commands.some((command) => gateOf(command) === 'tests' && !flagsOf(command).some((other) => WEAKER.test(other.name))) ?? false
  );
}

function buildTool(command: Command): GateKind | undefined {
  return /^(mvn|mvnw|gradle|gradlew)$/.test(command.name) ? 'tests' : undefined;
}

/** Whether a number or a level, from where on a check fails, lets more pass than it did. */
export function isLower(name: string, before: string, after: string): boolean {
  const [old, fresh] = [Number(before), Number(after)];
  if (before !== '' && after !== '' && !Number.isNaN(old) && !Number.isNaN(fresh))
    return /max-warnings/.test(name) ? fresh > old : fresh < old;
  const [from, to] = [ORDER.indexOf(before.split(',')[0]?.toLowerCase() ?? ''), ORDER.indexOf(after.split(',')[0]?.toLowerCase() ?? '')];
  return from >= 0 && to > from;
}
