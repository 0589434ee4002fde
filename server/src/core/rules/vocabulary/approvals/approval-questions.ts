import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { guardKind, isApprovalText } from '../guards/guard-kinds.ts';
import { stopsNobody } from '../guards/stops-nobody.ts';

const ASKS =
  /^(confirm|AskOne|NewConfirm|interact|showConfirmDialog|readLine|prompt|question|keyInYN|keyInYNStrict|readline|readlineSync|input|raw_input|Scanln|Scanf|ask|askYesNo|yesno|select|inquirer|prompts|requires?_?[aA]pprovals?|request_?[aA]pprovals?|get_?[aA]pprovals?|wait_?[fF]or_?[aA]pprovals?|check_?[aA]pprovals?|assert_?[aA]pproved|ensure_?[aA]pproved|verify_?[aA]pprovals?|needs_?[aA]pproval|requires?_?[sS]ign_?[oO]ff|require_?[tT]wo_?[pP]erson|require_?[sS]econd_?[pP]erson|ensure_?[tT]wo_?[pP]erson|dual_?[cC]ontrol|four_?[eE]yes|[rR]equire(Approval|SecondApprover|TwoPerson|SignOff)|[aA]wait_?[aA]pproval|approval_?[gG]ate|manual_?[aA]pproval|require_?[cC]onfirmation|confirm_?\w+|RequiresApproval|TwoPersonRule|require_approval|audit_?command|auditCommand|assertChangeTicket)$/;

/** The check of what a person answered: `if (answer !== 'yes') return`. */
export function isAnswer(
  input: RuleInput,
  guard: { readonly reads: readonly string[]; readonly test: string; readonly scope: string; readonly checks?: readonly string[] },
): boolean {
  if (guard.checks?.some((callee) => /(^|\.)(AskOne|RunPrompt)$/.test(callee)) === true) return true;
  if (
    !/^(answer|reply|response|ok|yes|confirmed|proceed|sure|input|choice)$/i.test(guard.reads[0] ?? '') &&
    !/['"](y|yes|YES|Y)['"]/.test(guard.test)
  )
    return false;
  return input.before?.calls.some((call) => call.scope === guard.scope && isQuestion(call)) ?? false;
}

/** A call that waits for what a person says, or for the approval of one. */
export function isQuestion(call: Call): boolean {
  const name = lastName(call.callee);
  if (!ASKS.test(name)) return false;
  if (/^(input|select|question|prompt|prompts|readline|readLine|interact|AskOne|ask|Scanln|Scanf|inquirer)$/.test(name))
    return (
      /^(input$|(raw_input|window\.prompt|prompts?|rl\.question|readline|readlineSync|enquirer|inquirer)\b|fmt\.Scan|survey\.AskOne|(questionary|click|typer|term|clack|p)\.)/.test(
        call.callee,
      ) || /sure|continue|proceed|confirm|\by\/n\b|\[y\b|yes/i.test(call.args.join(' '))
    );
  // A component that shows a dialog is asked by a person, not by the program.
  return !/^confirm_?(password|email|order|payment|subscription|signup|registration|code|token|booking|reservation|delivery)/i.test(name);
}

/**
 * True where the function gained another question, or a check of an approval. A question that the operator answers himself stands for one
 * that was there before, and for no approval of somebody else.
 */
export function isAskedOtherwise(input: RuleInput, scope: string, isOfApproval = false): boolean {
  const calls = newCallsIn(input, scope).filter((call) => !stopsNobody(input, call));
  const asks = (call: Call): boolean => isQuestion(call) || isApprovalText(words(lastName(call.callee)));
  const own = calls.filter((call) => asks(call) && (!isOfApproval || isOwnQuestion(call)));
  const old = isOfApproval ? input.removed.calls.filter((call) => call.scope === scope && isQuestion(call) && isOwnQuestion(call)) : [];
  return (
    own.length > old.length ||
    calls.some((call) => asks(call) && !isOwnQuestion(call)) ||
    newGuardsIn(input, scope).some((guard) => guardKind(guard, []) === 'approval')
  );
}

/** Asked of whoever runs it: `input('sure?')`, `confirm_by_name(region)`. */
export function isOwnQuestion({ callee }: Call): boolean {
  return /^(?:confirm|prompt|question|keyIn|readline|input|raw_input|scan|ask|yesno|select|inquirer|prompts)/i.test(lastName(callee));
}
