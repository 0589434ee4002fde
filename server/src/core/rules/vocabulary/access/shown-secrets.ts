import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { type ChangedLine, changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isCredentialName } from './secret-shapes.ts';

/** A secret that something kept out of an answer or a log, which no longer does. */
export interface ShownSecret {
  readonly side: Side;
  readonly range: Range;
  /** The name of the secret. */
  readonly secret: string;
}

/** `omit(user, ['passwordHash'])`, `@JsonIgnore` over a password, `json:"-"`, `select: { password: false }`, `redact: ['token']` that are gone. */
export function* shownSecrets(input: RuleInput): Generator<ShownSecret> {
  const { after } = input;
  if (after === undefined) return;
  for (const line of changedLines(input, 'before')) {
    const hides = HIDES.exec(line.text)?.[0];
    const scope = counterpartScope(input, line.scope);
    if (hides === undefined || scope === undefined) continue;
    const secret = namedIn(line.text).find((name) => !isStillHidden(input, scope, name, line));
    if (secret !== undefined) yield { side: 'before', range: rangeOfLine(input, 'before', line.line), secret };
  }
  for (const call of input.removed.calls) {
    if (call.kind !== 'decorator' || !/^(?:JsonIgnore|Exclude|HideField|ApiHideProperty|serde|ToString\.Exclude)$/.test(call.callee))
      continue;
    if (call.callee === 'serde' && !/skip/.test(call.args.join())) continue;
    const own = call.scope.slice(call.scope.lastIndexOf('.') + 1);
    const below =
      input.before?.tokens
        .filter(({ line }) => line > call.range.start.line - 1 && line <= call.range.end.line + 1)
        .map(({ text }) => text) ?? [];
    const secret = [own, ...below].find((name) => /^\w+$/.test(name) && isCredentialName(name));
    const stays = secret !== undefined && after.tokens.some(({ text }) => text === secret);
    const same = after.calls.filter((other) => other.kind === 'decorator' && other.callee === call.callee).length;
    const were = input.before?.calls.filter((other) => other.kind === 'decorator' && other.callee === call.callee).length ?? 0;
    if (secret !== undefined && stays && same < were) yield { side: 'before', range: call.range, secret };
  }
  yield* wholeRecords(input);
  for (const option of input.added.options) {
    const old = input.removed.options.find((other) => other.name === option.name);
    if (/^send_?default_?pii$/i.test(option.name) && /^true$/i.test(option.value) && !/^true$/i.test(old?.value ?? 'false'))
      yield { side: 'after', range: option.range, secret: option.name };
  }
}

/** An answer that named the fields of a person's record, and is the whole record now: `json({ id: user.id })` and `json(user)`. */
function* wholeRecords(input: RuleInput): Generator<ShownSecret> {
  for (const call of input.added.calls) {
    if (!/^(?:json|send|jsonify|JSON|JsonResponse|ok|render)$/.test(lastName(call.callee))) continue;
    const whole = call.args.find((argument) =>
      /^[&*]?[\w$.]*(?:user|account|member|customer|employee|patient|profile|me|owner)(?:\.(?:__dict__|toObject\(\)|dict\(\)|to_dict\(\)))?$/i.test(
        argument,
      ),
    );
    if (whole === undefined) continue;
    const record = whole.replace(/^[&*]|\.(?:__dict__|toObject\(\)|dict\(\)|to_dict\(\))$/g, '');
    const named = input.removed.calls.find(
      (other) =>
        other.callee === call.callee &&
        counterpartScope(input, other.scope) === call.scope &&
        other.args.some(
          (argument) =>
            argument.startsWith('{') &&
            argument.split(`${record}.`).length + argument.split(`${record}[`).length > 3 &&
            !argument.includes('...'),
        ),
    );
    if (named !== undefined) yield { side: 'after', range: call.range, secret: record };
  }
}

const HIDES =
  /\b(?:omit|exclude|except|hidden|without|without_fields|defer|redact|redacted|redactPaths|mask|maskFields|scrub|scrubFields|sensitive|sensitiveFields|sanitizeFields|filter_parameters|filterParameters|write_only|load_only|denylist|blocklist|blacklist)\w*['"]?\s?(?:\+?=|:|\(|,|<|\.)|\bdelete [\w$.]+\.[\w$]+$|\bdelete [\w$.]+\.[\w$]+;|\.pop\(['"]|select\(["']-|json:"-"|\bselect:\s?false|\b\w+:\s?false\}/;

/** Names of secrets on a line that hides what it names: texts, symbols, what is deleted, and what is left out by a switch or a tag. */
function namedIn(text: string): readonly string[] {
  const named = text.match(/['"`:]-?[A-Za-z_][\w.-]{2,60}['"`]?|\bdelete [\w$.]+|\b\w+:\s?false\}/g) ?? [];
  const isWhole = /json:"-"|\bselect:\s?false/.test(text);
  return secretsIn(isWhole ? text : named.join(' '));
}

/** Names of secrets on a line, in code and in texts. */
function secretsIn(text: string): readonly string[] {
  return [...new Set(text.match(/[A-Za-z_][\w-]{2,40}/g) ?? [])].filter(
    (name) => isCredentialName(name) || /^(?:cvv|cvc|ssn|cardNumber|card_number|cookie)$/.test(name),
  );
}

/** Some line of the function hides it as before, a list of the file does, or nothing speaks of anything of the kind any more. */
function isStillHidden({ after, before }: RuleInput, scope: string, name: string, line: ChangedLine): boolean {
  const lines = (facts: RuleInput['after'], home: string): string => tokensOf(facts, home);
  const own = words(name);
  const now = lines(after, scope);
  const hiding =
    /\b(?:omit|exclude|except|hidden|without|defer|redact|mask|scrub|sensitive|sanitize|filter|write_only|denylist|public|safe|serialize|toJSON|pick|only|dto|view|present|-")/i;
  const named = (text: string): boolean => secretsIn(text).some((other) => words(other) === own);
  // A list of them may stand in a constant of the file.
  const mentioned = named(now) || (HIDES.test(now) && /\b[A-Z][A-Z_]{3,}\b/.test(now) && named(tokensOf(after, '')));
  const isListed = mentioned && hiding.test(now) && HIDES.test(now);
  // A field, a function or an answer that went with it has nothing to show.
  const count = (text: string): number =>
    text.match(/\b(?:return|json|send|render|jsonify|Response|log|logger|pino|winston|createLogger)\b/g)?.length ?? 0;
  const answers = scope === '' ? count(tokensOf(after, '')) >= count(tokensOf(before, '')) : count(now) > 0;
  const isTag = line.text.includes('json:"-"');
  return (
    isListed ||
    isTakenApart(now, name) ||
    // What is shown is listed instead.
    (!mentioned && SHOWS.test(now) && !SHOWS.test(lines(before, line.scope))) ||
    (isTag ? !mentioned : !answers) ||
    /\b(?:pick|toPublic|toDto|toDTO|toView|serialize|presenter|publicUser|safeUser|redactPaths)\w*/.test(now)
  );
}

/** A list of fields by name: `attributes: ['id', 'name']`, `.only('id')`, `select: { id: true }`; not all of them. */
const SHOWS =
  /\b(?:attributes|select|fields|only|columns|projection|values|values_list|returning|load_only)['"]?[:=(]{1,2}(?:[[(]{0,2}['"](?!__all__|[*-])\w|\{\w+:(?:true|1)\b)/;

/** `const { password, ...rest } = user` or `({ password, ...rest }) => rest` whose rest alone is used, and `if key not in ('password', 'salt')`. */
function isTakenApart(text: string, name: string): boolean {
  const [, alias = name, rest = ''] =
    new RegExp(`(?<![\\w$])${escaped(name)}(?::([\\w$]+))?,(?:[^{}]{0,200},)?\\.\\.\\.([\\w$]+)\\}[=):]`).exec(text) ?? [];
  const uses = (word: string): number => text.split(/[^\w$]+/).filter((other) => other === word).length;
  if (rest !== '' && uses(rest) > 1 && uses(name) === 1 && uses(alias) === 1) return true;
  return new RegExp(`(?:!==?|\\bnot in[[({])(?:['"][\\w-]{1,60}['"],){0,20}['"]${escaped(name)}['"]`).test(text);
}
