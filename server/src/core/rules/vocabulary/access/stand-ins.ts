import type { SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { type Provider, providersIn } from '../code/providers.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { declaring } from './asked-roles.ts';
import { letsThrough } from './emptied-names.ts';

/** Something that did its work, and what stands in its place and does nothing. */
export interface StandIn {
  /** On the after side. */
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/** Names of what only looks as if it did something: `NoopAuditSink`, `NullVerifier`, `AllowAllGuard`, `audit.NewNop`. */
const IDLE =
  /\b(?:no op|noop|nop|dummy|allow all|permit all|allow any|always allow|allow everything|pass through|passthrough|discard|discarding|black hole|blackhole)\b|^(?:new )?(?:null|insecure)\b|^(?:new )?disabled (?=auth|audit|polic|csrf|verif|secur|permission|access|guard|signature)/;
const MENTIONS =
  /no_?op|nop|null|dummy|disabled|(?:allow|permit)_?(?:all|any|every)|always_?allow|pass_?through|discard|black_?hole|insecure/i;
const NAME = /[A-Za-z_]\w*(?:(?:\.|::)\w+)*/g;

/**
 * What was given where something is wired together (a provider, a bean, an argument of `main`), and is given as a thing now that does
 * nothing by its name, or by its whole body. `about` says of the words of a name whether it is such a thing.
 */
export function* standIns(input: RuleInput, about: RegExp): Iterable<StandIn> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<number>();
  for (const found of inProviders(input, before, after, about)) {
    told.add(found.range.start.line);
    yield found;
  }
  const texts = hunk.added.filter((text) => MENTIONS.test(text) && !IMPORTS.test(text));
  if (texts.length === 0 || hunk.removed.length === 0) return;
  const gone = named(hunk.removed.filter((text) => !IMPORTS.test(text))).filter(
    (name) => about.test(words(name)) && !isIdleName(name) && !tokenTexts(after).has(lastName(name)),
  );
  for (const [at, text] of gone.length === 0 ? [] : hunk.added.entries()) {
    if (!texts.includes(text) || DECLARES.test(text) || CHOOSES.test(text)) continue;
    const now = named([text]).find((name) => isIdleName(name) && about.test(words(name)));
    const was = now === undefined ? undefined : gone.find((name) => isOfKind(name, now));
    const line = hunk.after.start + at;
    if (now === undefined || was === undefined || told.has(line)) continue;
    yield { range: rangeOfLine(input, 'after', line), was, now };
    return;
  }
}

const IMPORTS = /^\s*(?:import|from|use|using|export \{|#)|^\s*"[\w./-]+"$/;
/** A class or a function of that name is no use of it, and a choice may take the other one. */
const DECLARES = /\b(?:class|interface|struct|type|def|func|fn|function|trait|impl)\s+\w/;
const CHOOSES = /\?|\belse\b|\bor\b|\|\||\bif\b|unwrap_or/;

function named(lines: readonly string[]): readonly string[] {
  return lines.flatMap((text) => {
    const code = text.replace(/(['"`])(?:[^'"`\\]|\\.)*\1/g, '');
    const end = Math.min(code.length, ...['//', ' #'].map((mark) => code.indexOf(mark)).filter((at) => at >= 0));
    return code.slice(0, end).match(NAME) ?? [];
  });
}

const isIdleName = (name: string): boolean => IDLE.test(words(lastName(name)));

/** Two of one kind: a last word in common, or of one package: `KafkaAuditSink` and `NoopAuditSink`, `audit.NewKafka` and `audit.NewNop`. */
function isOfKind(was: string, now: string): boolean {
  const [one, other] = [was, now].map((name) => words(lastName(name)).split(' '));
  return one?.at(-1) === other?.at(-1) || (receiver(was) !== '' && receiver(was) === receiver(now));
}

/** Providers whose token stays, and what is given for it is idle: a class that lets everything through, a value that is switched off. */
function* inProviders(input: RuleInput, before: SourceFacts, after: SourceFacts, about: RegExp): Iterable<StandIn> {
  const { start, lines } = input.hunk.after;
  const now = providersIn(after).filter(({ startLine, endLine }) => startLine < start + lines && start <= endLine);
  for (const fresh of now) {
    const { use, token } = fresh;
    const old = providersIn(before).filter((provider) => provider.token === token && !isIdle(input, before, provider));
    const was = old.find((provider) => provider.use.value !== use.value);
    const stays = old.some((provider) => provider.use.value === use.value && provider.use.value !== 'fn');
    if (was === undefined || stays || !(about.test(words(token)) || about.test(words(was.use.value)))) continue;
    if (isIdle(input, after, fresh)) yield { range: use.range, was: was.use.value === 'fn' ? token : was.use.value, now: use.value };
  }
}

function isIdle(input: RuleInput, facts: SourceFacts, { use, startLine, endLine }: Provider): boolean {
  const isOff = facts.options.some(
    ({ name, value, range }) =>
      OFF.test(name) && value === 'false' && range.start.line >= startLine && range.end.line <= endLine && use.name !== 'useClass',
  );
  if (isOff) return true;
  if (!/^use(?:Class|Existing)$/.test(use.name) || !/^\w+$/.test(use.value) || facts === input.before) return isIdleName(use.value);
  return isIdleName(use.value) || declaring(input, facts, use.value).some((own) => letsThrough(own, use.value));
}

/** What switches the whole of it. */
const OFF = /^(?:enabled?|active|isEnabled|enforced?|on)$/;
