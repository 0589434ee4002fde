import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { gateKind, severityOfGate } from './gate-kinds.ts';
import type { GatePlace } from './gate-places.ts';

const EXCUSES = /^(true|:|echo|printf|exit 0|return 0|log|warn|info)\b|^:$/;

/** What brings the schema to where the code expects it: what follows runs on the old one where it failed. */
export const MIGRATES =
  /\b(?:prisma migrate deploy|alembic (?:\S+ )*upgrade|flyway (?:\S+ )*migrate|liquibase (?:\S+ )*update|db:migrate|manage\.py migrate|(?:knex|sequelize|typeorm|drizzle-kit|mikro-orm|node-pg-migrate|goose|dbmate|tern|artisan|doctrine|diesel|sqlx|refinery|atlas|ecto|mix) \S*migrat\S*|migration(?:s)?:(?:run|up|migrate)|goose (?:\S+ )*up|dbmate (?:\S+ )*up|migrate (?:\S+ ){1,8}up)\b|(?:^|\/)migrate[\w-]*\.(?:sh|py|js)\b/;

/** A check whose failure is excused: `npm test || true`. */
export function* excusedGates(input: RuleInput, place: GatePlace): Generator<FindingDraft> {
  const { added, removed, after } = input;
  const told = new Set<string>();
  for (const command of added.commands) {
    const failed = command.rescues;
    if (failed === undefined || told.has(failed) || !EXCUSES.test(command.written)) continue;
    const kind = gateKind(lastCommand(failed)) ?? (MIGRATES.test(lastCommand(failed)) ? 'plan' : undefined);
    if (kind === undefined || kind === 'build') continue;
    // `npm test || { echo failed; exit 1; }` stops.
    if (
      after?.commands.some(
        (other) => other.rescues === failed && /^(exit( [^0]\S*)?|return [^0]\S*|false|die\b.*|fail\b.*|abort\b.*)$/.test(other.written),
      )
    )
      continue;
    if (
      [...removed.commands].some(
        (other) =>
          other.rescues !== undefined &&
          EXCUSES.test(other.written) &&
          (gateKind(lastCommand(other.rescues)) ?? (MIGRATES.test(lastCommand(other.rescues)) ? 'plan' : undefined)) === kind,
      )
    )
      continue;
    told.add(failed);
    // A script that nobody waits for may look at a test's output; a pipeline and a hook are gates.
    const isGate =
      place !== 'none' ||
      stopsTheRest(command, after) ||
      /(^|[/._-])(ci|check|checks|test|tests|verify|validate|release|deploy|gate|preflight|pre-?commit|pre-?push|build)([/._-]|$)|(^|\/)(Makefile|GNUmakefile)$|Dockerfile/i.test(
        input.path,
      );
    const severity = severityOfGate(kind, command.scope);
    yield {
      side: 'after',
      range: command.range,
      severity: isGate ? severity : severity === 'high' ? 'medium' : 'low',
      message: fitMessage(`${quote(failed, 36)} may fail unseen: ${quote(`|| ${command.written}`, 20)}`),
    };
  }
}

/** A script that stops at the first failure asked this before it went on to its work. */
function stopsTheRest(command: Command, after: SourceFacts | undefined): boolean {
  const errexit = after?.commands.find(
    ({ name, words }) => name === 'set' && words.some(({ text }) => (/^-[a-z]+$/.test(text) && text.includes('e')) || text === 'errexit'),
  );
  return (
    errexit !== undefined &&
    errexit.range.start.line < command.range.start.line &&
    (after?.commands.some(
      (other) =>
        other.scope === command.scope &&
        other.range.start.line > command.range.end.line &&
        /\b(?:deploy|apply|rollout|release|publish|promote|migrate|drain|delete|destroy|drop|remove|restart|scale|push|upgrade|install|switch|cut-?over|import|restore|truncate|sync)\b/.test(
          other.written,
        ) &&
        !/^(?:echo|printf|log|grep)\b/.test(other.written),
    ) ??
      false)
  );
}

/** The command that decides: the last of a list, the first of a pipe. */
function lastCommand(text: string): string {
  return (
    (text.split(/&&|;/).at(-1) ?? '')
      .split('|')[0]
      ?.trim()
      .replace(/^(sudo|time|npx|env|\w+=\S*)\s+/, '') ?? ''
  );
}
