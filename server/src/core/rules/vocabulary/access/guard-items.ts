import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { isGuardByBody } from './refusing-functions.ts';

/** A guard by its name, or by what it does. */
export function isGuardItem(input: RuleInput): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const is =
      known.get(name) ??
      ((isAccessName(name) && !ANSWERS.test(lastName(name)) && !BODY_NAME.test(lastName(name))) ||
        (NEVER.test(lastName(name)) ? false : isGuardByBody(input, name)));
    known.set(name, is);
    return is;
  };
}

/** What is put behind guards, whatever part of the house it is called after: `adminRouter`, `staffRoutes`. */
const ANSWERS = /(?:[a-z]R|^r|_r)(?:outes|outer|outing)$|(?:[a-z]C|^c|_c)ontrollers?$|(?:[a-z]E|^e|_e)ndpoints$/;

/** The shape of what an administrator sends is no guard: `AdminCreateProduct`, `AdminGetOrderParams`. */
export const BODY_NAME =
  /^(?:Admin|User|Member|Staff)(?:[A-Z][a-z]+)?(?:Create|Update|Delete|Get|List|Batch|Post|Patch|Put|Search|Add|Remove)[A-Z]\w*$/;

/** What stands before handlers and asks nobody who he is. */
export const NEVER =
  /^(?:requestId|timing|secureHeaders|etag|prettyJSON|compress|accessLog\w*|requestLogger|httpLogger|pinoHttp|tracing|metrics|telemetry|responseTime|json|urlencoded|raw|text|static|cors|helmet|compression|logger|morgan|bodyParser|cookieParser|multer|upload|validate\w*|schema|rate\w*|limit\w*|throttle\w*|cache\w*|asyncHandler|wrap|catchAsync|HandlerFunc|StripPrefix|array|single|fields)$/i;
