import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { REQUEST } from './identity-sources.ts';

/** A redirect or a call to another server whose whole address the request says now. */
export function* requestTargets(input: RuleInput): Generator<Call> {
  for (const call of input.added.calls) {
    if (!GOES.test(call.callee) || !isSaidWhole(call)) continue;
    const old = input.removed.calls.find(
      (other) => lastName(other.callee) === lastName(call.callee) && counterpartScope(input, other.scope) === call.scope,
    );
    if (old !== undefined && !isSaidWhole(old)) yield call;
  }
}

const GOES =
  /(^|\.)(redirect|Redirect|permanentRedirect|redirect_to|HttpResponseRedirect|RedirectResponse|sendRedirect|fetch|urlopen|getForObject|getForEntity)$|^(axios|got|ky|needle|superagent)(\.(get|post|put|request))?$|^(requests|httpx|session)\.(get|post|put|request)$|^http\.(Get|Post|Redirect)$|^URI\.create$/;

/** No host of the program's own stands in front of what was sent. */
function isSaidWhole({ args }: Call): boolean {
  return args.slice(0, 3).some((argument) => REQUEST.exec(argument.replaceAll(' ', '').replace(AS_TEXT, ''))?.index === 0);
}

/** Makes a text of it, and looks at none of it. */
const AS_TEXT = /^(?:String|str|decodeURIComponent|decodeURI|unquote|newURL)\(/;
