import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { factsWithin } from '../code/facts-by-place.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { isGuardByBody, refuses } from './refusing-functions.ts';

/** A guard by its name, or by what it does. */
export function isGuardItem(input: RuleInput): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const is =
      known.get(name) ??
      ((!SIGNS_IN.test(name) &&
        isAccessName(name) &&
        !ANSWERS.test(lastName(name)) &&
        !BODY_NAME.test(lastName(name)) &&
        !isForPanics(input, name)) ||
        (NEVER.test(lastName(name)) ? false : isGuardByBody(input, name)));
    known.set(name, is);
    return is;
  };
}

/** A call of one that only recovers, around nothing that guards: `guard(h.Quote)`. */
export function isForPanics(input: RuleInput, name: string): boolean {
  const own = /^[\w$.]+/.exec(name)?.[0] ?? '';
  return onlyRecovers(input, lastName(own)) && !isAccessName(name.slice(own.length));
}

/** What the file itself shows to catch a panic, and to ask nothing: `guard(next)` around `defer func() { if p := recover(); p != nil … }()`. */
function onlyRecovers({ before }: RuleInput, name: string): boolean {
  if (before?.language !== 'go') return false;
  const places = before.scopes.filter((scope) => lastName(scope.name) === name);
  return places.some(({ name: scope }) => {
    const caught = factsWithin(before.calls, scope).flatMap(({ callee, range }) => (callee === 'recover' ? [range.start.line] : []));
    const asksOfPanic = ({ test, range }: Guard): boolean =>
      / != nil$/.test(test) && caught.some((line) => line <= range.start.line && range.start.line <= line + 1);
    return caught.length > 0 && factsWithin(before.guards, scope).every(asksOfPanic) && !refuses(before, name);
  });
}

/** A handler of a class of handlers that signs somebody in or out: what stands before it guards it. */
const SIGNS_IN = /^(?:\w+\.)+(?:[Ll]og_?(?:[Ii]n|[Oo]ut)|[Ss]ign_?(?:[Ii]n|[Uu]p|[Oo]ut))$/;

/** What is put behind guards, whatever part of the house it is called after: `adminRouter`, `staffRoutes`. */
const ANSWERS = /(?:[a-z]R|^r|_r)(?:outes|outer|outing)$|(?:[a-z]C|^c|_c)ontrollers?$|(?:[a-z]E|^e|_e)ndpoints$/;

/** The shape of what an administrator sends is no guard: `AdminCreateProduct`, `AdminGetOrderParams`. */
export const BODY_NAME =
  /^(?:Admin|User|Member|Staff)(?:[A-Z][a-z]+)?(?:Create|Update|Delete|Get|List|Batch|Post|Patch|Put|Search|Add|Remove)[A-Z]\w*$/;

/** What stands before handlers and asks nobody who he is. */
export const NEVER =
  /^(?:requestId|timing|secureHeaders|etag|prettyJSON|compress|accessLog\w*|requestLogger|httpLogger|pinoHttp|tracing|metrics|telemetry|responseTime|json|urlencoded|raw|text|static|cors|helmet|compression|logger|morgan|bodyParser|cookieParser|multer|upload|validate\w*|schema|rate\w*|limit\w*|throttle\w*|cache\w*|asyncHandler|wrap|catchAsync|HandlerFunc|StripPrefix|array|single|fields)$/i;
