import type { Option, Setting } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { homeOf } from '../code/option-paths.ts';

/** An aid of the one who writes the code, by the name of its own switch, that is on where users are. */
export interface ProductionAid {
  readonly name: string;
  readonly value: string;
  readonly range: Range;
}

const AID =
  /\b(?:debug(?:ger|ging)?|diagnostics?|dev ?tools?|profil(?:er|ing)|pprof|inspector|graphiql|playground|introspection|stack ?traces?|(?:expose|show|send|include|return|leak) (?:stack|errors?|internals?|exceptions?)|verbose errors?|error details|detailed errors?|(?:dev|test|debug|backdoor|impersonation|seed|internal) (?:routes?|router|endpoints?|login|users?|accounts?|handlers?|pages?)|mock (?:auth|login|user)|fake (?:auth|login|user)|web ?console|heap ?dump|actuators?|query ?console|adminer|phpmyadmin)\b/;
/** What is written down, or built with the code, is read by nobody outside. */
const UNSEEN =
  /\b(?:log|logs|logging|logger|level|source ?maps?|symbols?|build|sql|queries|metrics|sampl\w*|trace rate|tracing|print|namespace|port|output|file|timeout|interval|threshold|keys?|id|name|header)\b/;
const PRODUCTION = /(?:^|[^a-z])(?:prod|production|live|release)(?:[^a-z]|$)/i;
const DEVELOPMENT = /(?:^|[^a-z])(?:dev|develop|development|local|test|tests|testing|staging|preview|sandbox|ci|e2e)(?:[^a-z]|$)/i;

/**
 * Options of a file or a record of production (`config/production.ts`, `environments.production`) that turn such an aid on, where
 * they were off or said nothing before. In other files only one that was `false` and opens addresses to callers.
 */
export function productionAid(input: RuleInput, option: Option): ProductionAid | undefined {
  const { name, value, callee, range } = option;
  const home = homeOf(option);
  if (!isOn(value) || !isAid(name, home)) return undefined;
  const old = input.before?.options.find((other) => other.name === name && other.callee === callee && homeOf(other) === home);
  const place = `${input.path} ${home} ${option.scope}`;
  const isServed = PRODUCTION.test(place) && !DEVELOPMENT.test(home);
  const isOpened =
    old !== undefined && /^(?:false|False)$/.test(old.value) && OPENS_ADDRESSES.test(words(name)) && !DEVELOPMENT.test(place);
  if ((!isServed && !isOpened) || (old !== undefined && isOn(old.value)) || input.before === undefined) return undefined;
  return { name, value, range };
}

/** The same of a document: `config/production.yaml`, `values-prod.yaml`. `old` is what it said before. */
export function productionAidIn(input: RuleInput, after: Setting, old: Setting | undefined): ProductionAid | undefined {
  const path = after.path.filter((part) => !/^\d+$/.test(part));
  const name = path.at(-1) ?? '';
  const home = path.slice(0, -1).join('.');
  if (!isOn(String(after.value)) || (old !== undefined && isOn(String(old.value))) || input.before === undefined) return undefined;
  if (!isAid(name, home) || !PRODUCTION.test(`${input.path} ${home}`) || DEVELOPMENT.test(home)) return undefined;
  return { name, value: String(after.value), range: after.range };
}

const OUTSIDE = /NODE_ENV|\bproduction\b|\bisProd|\bis_prod|\bisDev|\bis_dev|\bDEBUG\b|\bdevelopment\b|\bAPP_ENV\b|\bENVIRONMENT\b/;
const INSIDE =
  /['"`]\/?(?:_{0,2})(?:debug|dev|test|pprof|graphiql|playground|console|seed|mock|inspect\w*|profil\w*|heap\w*|internals?)\b|\b(?:debug|dev|seed|mock|graphiql|playground|pprof|inspector|profiler)_?(?:router|routes|handlers?|middleware|toolbar|endpoints?|panel|urls?)\b/i;

/** Aids that were mounted outside of production alone, and are mounted wherever the program runs now. */
export function* uncoveredAids({ before, after, removed }: RuleInput): Generator<ProductionAid> {
  if (before === undefined || after === undefined) return;
  for (const { test, guarded, kind } of removed.conditions) {
    if (kind !== 'wraps' || !OUTSIDE.test(test)) continue;
    // Another condition around it asks the same in other words, or somewhere else.
    const asks = (callee: string): boolean =>
      after.conditions.some((other) => other.guarded.includes(callee) && !before.conditions.some(({ key }) => key === other.key));
    const call = after.calls.find(
      ({ callee, args }) =>
        guarded.includes(callee) &&
        INSIDE.test(args.join(', ')) &&
        before.calls.some((old) => old.callee === callee && old.args.join() === args.join()) &&
        !asks(callee),
    );
    const stays = after.conditions.some((other) => other.test === test && other.guarded.includes(call?.callee ?? ''));
    if (call !== undefined && !stays) yield { name: call.callee, value: call.args[0] ?? '', range: call.range };
  }
}

/** `debugRoutes`, or `enabled` of `debugRoutes`. */
function isAid(name: string, home: string): boolean {
  const own = words(name);
  const text = /^(?:enabled?|on|active|mount(?:ed)?|public|exposed?)$/.test(own) ? words(`${home.split('.').at(-1) ?? ''} ${name}`) : own;
  return AID.test(text) && !UNSEEN.test(text) && !/\b(?:disable|disabled|hide|no|without|strip|deny|protect\w*|require\w*)\b/.test(text);
}

const OPENS_ADDRESSES = /\b(?:routes?|router|endpoints?|console|graphiql|playground|introspection|stack|errors?|pprof|login|inspector)\b/;

function isOn(value: string): boolean {
  return /^(?:true|1|['"](?:true|1|on|yes|enabled)['"]|yes|on|enabled)$/i.test(value);
}
