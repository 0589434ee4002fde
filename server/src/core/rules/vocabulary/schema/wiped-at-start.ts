import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName } from '../code/call-names.ts';
import { changedSettings } from '../settings/settings.ts';

/**
 * Settings under which a program makes its database anew whenever it starts: Hibernate's `ddl-auto: create`, TypeORM's `dropSchema`,
 * and its `synchronize`, which drops the columns that the entities no longer have. Also the switch that keeps Flyway from cleaning, turned off.
 */
export function* wipedAtStart(input: RuleInput): Iterable<FindingDraft> {
  if (isForDevelopment(input.path)) return;
  for (const { path, before, after } of changedSettings(input)) {
    const name = path.join('.');
    if (after !== undefined && !PROFILE.test(name) && cleans(name, after.value, before?.value))
      yield {
        side: 'after',
        range: after.range,
        severity: 'high',
        message: fitMessage(`${quote(`${path.at(-1) ?? ''}: ${after.value}`, 40)} lets Flyway drop every table`),
      };
    if (after === undefined || !GENERATES.test(name) || !ANEW.test(String(after.value)) || PROFILE.test(name)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`${quote(`${path.at(-1) ?? ''}: ${after.value}`, 40)} makes the tables anew at every start`),
    };
  }
  for (const option of input.added.options) {
    if (GENERATES.test(option.name) && ANEW.test(option.value.replace(/^['"]|['"]$/g, '')))
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(`${quote(`${option.name}: ${option.value}`, 44)} makes the tables anew at every start`),
      };
    if (!/^(dropSchema|synchronize)$/.test(option.name) || option.value !== 'true' || !SOURCES.test(lastName(option.callee))) continue;
    yield {
      side: 'after',
      range: option.range,
      ...(option.name === 'dropSchema' ? {} : { severity: 'high' as const }),
      message: fitMessage(
        option.name === 'dropSchema'
          ? '`dropSchema` drops every table at every start'
          : '`synchronize` drops what the entities no longer have, at every start',
      ),
    };
  }
}

/** `clean-disabled: false`, `clean-on-validation-error: true`. */
function cleans(name: string, value: unknown, old: unknown): boolean {
  const said = String(value);
  if (said === String(old) || !/flyway/i.test(name)) return false;
  return (/clean-?disabled$/i.test(name) && said === 'false') || (/clean-?on-?validation-?error$/i.test(name) && said === 'true');
}

const GENERATES =
  /(^|\.)(ddl-auto|ddl_auto|ddlAuto|hbm2ddl\.auto|schema-generation\.database\.action|hibernate-orm\.database\.generation|schema-management\.strategy)$/;
const ANEW = /^(create|create-drop|drop-and-create|create-only)$/;
/** Quarkus writes a profile in front of its settings. */
const PROFILE = /(^|\.)['"]?%(dev|test|local)\b/;
const SOURCES = /^(DataSource|createConnection|createConnections|forRoot|forRootAsync)$/;

function isForDevelopment(path: string): boolean {
  return /(^|[/._-])(tests?|dev|develop|development|local|e2e|it|h2|demo|example|sandbox)([/._-]|$)/i.test(path);
}
