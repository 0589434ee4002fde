import type { Call, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { lostGlobalGuards } from './global-guards.ts';
import { isGuardItem } from './guard-items.ts';
import { isHookOfPlugin } from './plugin-hooks.ts';

function itemsIn(value: string): readonly string[] {
  return value.match(/[A-Za-z_$][\w$.]*/g) ?? [];
}

const CLOSED = /^(true|'(required|jwt|session|user|admin|bearer)'|\[.+\]|[A-Za-z_$][\w$.]*(\(.*\))?)$/;

/** An option that closed a route or a client, `auth: true`, gone or opened. */
export function* lostAuthOptions(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (
      !/^(auth|authenticate|authRequired|requiresAuth|requireAuth|requiresLogin|protected|secure|private|permissions|roles|guards?|middlewares?|preHandler|preValidation|onRequest|before|beforeEnter|canActivate|authorize)$/.test(
        option.name,
      )
    )
      continue;
    const scope = counterpartScope(input, option.scope);
    // A name of the function's own for what stands in it still.
    const isSpelledOut = (other: Option): boolean => other.name === option.name && other.value === option.value && other.scope === scope;
    if (option.callee === '' && scope !== undefined && scope !== '' && input.after?.options.some(isSpelledOut)) continue;
    // The flag of a cookie is access/session-weakened.
    if (option.name === 'secure' && /cookie|session/i.test(`${option.callee} ${option.key}`)) continue;
    // The port of a mail server begins in the clear and asks for TLS before anything is said.
    if (
      option.name === 'secure' &&
      input.after?.options.some(({ name, value, scope }) => name === 'requireTLS' && value === 'true' && scope === option.scope)
    )
      continue;
    if (
      option.value === 'false' ||
      !CLOSED.test(option.value) ||
      (/^(middlewares?|preHandler|onRequest|guards?|preValidation|before|beforeEnter|canActivate|handle|use)$/.test(option.name) &&
        !isAccessName(option.value) &&
        !itemsIn(option.value).some(isGuardItem(input)))
    )
      continue;
    if (scope === undefined || isHookOfPlugin(input, option)) continue;
    const now = input.added.options.filter((other) => other.name === option.name);
    if (now.length > 0 && !now.some((other) => /^(false|null|undefined|\[\s*\]|'(none|optional|public)')$/.test(other.value))) continue;
    const same = (facts: RuleInput['before']): number =>
      facts?.options.filter((other) => other.name === option.name && CLOSED.test(other.value)).length ?? 0;
    if (now.length === 0 && same(input.after) >= same(input.before)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(
        `\`${option.name}: ${shorten(option.value, 30)}\` is gone${option.scope === '' ? '' : ` from \`${shorten(option.scope, 20)}\``}`,
      ),
    };
  }
  for (const option of input.added.options) {
    const opposite = input.removed.options.find((other) => other.name === option.name && other.scope === option.scope);
    if (
      !/^(public|isPublic|skipAuth|allowAnonymous|anonymous|noAuth|disableAuth|bypassAuth)$/.test(option.name) ||
      option.value !== 'true' ||
      opposite?.value === 'true'
    )
      continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${option.name}: true\` opens ${option.scope === '' ? 'it' : `\`${shorten(option.scope, 30)}\``} to everybody`),
    };
  }
  yield* letThrough(input);
  yield* madeOptional(input);
  yield* openedTypes(input);
  yield* lostGlobalGuards(input);
}

/** Of express-jwt, koa-jwt and FastAPI's schemes. */
const LETS_THROUGH = [
  { name: 'credentialsRequired', value: 'false' },
  { name: 'passthrough', value: 'true' },
  { name: 'auto_error', value: 'False' },
];

/** `@jwt_required()` that became `@jwt_required(optional=True)`. */
function* madeOptional({ added, before }: RuleInput): Iterable<FindingDraft> {
  const isOptional = ({ args }: Call): boolean => args.some((argument) => /^optional\s*=\s*True$/.test(argument));
  for (const call of added.calls) {
    if (call.kind !== 'decorator' || !isOptional(call) || !/jwt|auth|login|token/i.test(lastName(call.callee))) continue;
    const old = before?.calls.find((other) => other.kind === 'decorator' && other.callee === call.callee && other.scope === call.scope);
    if (old !== undefined && !isOptional(old))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`@${shorten(call.callee, 30)}\` lets through whoever brings no token`),
      };
  }
}

/** A check of a token that lets through who brings none: `expressjwt({ credentialsRequired: false })`, `HTTPBearer(auto_error=False)`. */
function* letThrough({ added, before, after }: RuleInput): Iterable<FindingDraft> {
  // What the check itself does not refuse may be refused where its answer is read.
  const isAskedAnew = (after?.guards.length ?? 0) > (before?.guards.length ?? 0);
  for (const option of isAskedAnew ? [] : added.options) {
    const { name, value, callee, range } = option;
    const isOpen = LETS_THROUGH.some((one) => one.name === name && one.value === value);
    if (!isOpen || !/jwt|auth|bearer|apikey|httpbasic/i.test(callee) || before?.calls.every((call) => call.callee !== callee) !== false)
      continue;
    yield { side: 'after', range, message: fitMessage(`\`${name}: ${value}\`: whoever brings no token is let through`) };
  }
}

const TYPE = /^(?:authLevel|auth_level|authorizationType|authorization_type|authType|auth_type)$/;
const NOBODY = /^['"]?(?:[\w.]+\.)?(?:none|anonymous)['"]?$/i;

/** How a function or a method asks who calls, which is not at all now, by its own word or against the default of its gateway. */
function* openedTypes(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.added.options) {
    if (!TYPE.test(option.name) || !NOBODY.test(option.value)) continue;
    const old = input.removed.options.find((other) => other.name === option.name && other.callee === option.callee);
    const isDefaulted = input.before?.options.some(
      ({ name, value, key }) => TYPE.test(name) && /default_?(?:method_?options|authorizer)/i.test(key) && !NOBODY.test(value),
    );
    // The same method of the same path, which said nothing and so had the default.
    const own = input.added.calls.find(({ callee, range }) => callee === option.callee && covers(range, option.range));
    const stood = own !== undefined && input.removed.calls.some(({ callee, args }) => callee === own.callee && args[0] === own.args[0]);
    if (old === undefined ? !(isDefaulted === true && stood) : NOBODY.test(old.value)) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${option.name}: ${shorten(option.value, 40)}\` asks nobody who calls`),
    };
  }
}

function covers(outer: Range, inner: Range): boolean {
  return outer.start.line <= inner.start.line && outer.end.line >= inner.end.line;
}
