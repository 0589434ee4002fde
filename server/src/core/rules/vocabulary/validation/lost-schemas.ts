import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { movedText } from '../code/moved-text.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { BINDS, isNamedValidation, isValidation, isValidationName } from './validators.ts';

/** Schemas and validators that were asked and are not asked now. */
export function* lostSchemas(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || !isNamedValidation(call) || counterpartScope(input, call.scope) === undefined) continue;
    const now = newCallsIn(input, call.scope);
    // What is bound again stands for a binding, and for no other check.
    const isLike = (other: Call): boolean =>
      isValidation(other) && (!BINDS.test(lastName(other.callee)) || BINDS.test(lastName(call.callee)));
    if (isExtracted(input, call) || now.some(isLike) || now.some((other) => other.args.some((argument) => isValidationName(argument))))
      continue;
    if (
      newCallsIn(input, '').some(
        (other) =>
          isLike(other) ||
          isValidationName(other.callee) ||
          (receiver(call.callee).length > 2 &&
            // What asks itself is handed to everything.
            !/^Validate(?:All)?$/.test(lastName(call.callee)) &&
            other.args.some((argument) => argument.includes(receiver(call.callee)))),
      )
    )
      continue;
    // What Django's own views do with the serializer they are given.
    if (lastName(call.callee) === 'is_valid' && input.after?.symbols.some(({ kind, type }) => kind === 'class' && ASKS_ITSELF.test(type)))
      continue;
    const schema = receiver(call.callee) || call.callee;
    if (
      movedText(input, `(${schema})`, [schema]) ||
      movedText(input, `${schema}.${lastName(call.callee)}`, [schema.split('.')[0] ?? schema])
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer checks what \`${shorten(call.scope, 18) || 'the module'}\` gets`),
    };
  }
}

const ASKS_ITSELF = /\b(?:ModelViewSet|(?:\w*Create|\w*Update)(?:ModelMixin|APIView|View)|FormView)\b/;
