import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { mayMention } from '../code/mentions.ts';
import { cameAlong } from '../code/scope-changes.ts';

/** Calls that take a stack down, by what a library calls it. */
const TAKES_DOWN = /^(destroy|Destroy|destroyStack|runDestroy|destroyAsync|uninstall|uninstallRelease|Uninstall)$/;
const STACKS = /\b(stack|tf|terraform|tofu|workspace|helm|action|uninstall|client)\b|^[st]$/;

/** Words of the modules that bring one: Pulumi's automation, HashiCorp's terraform-exec, python-terraform, Helm's own packages. */
const LIBRARIES = ['pulumi', 'terraform-exec', 'tfexec', 'python_terraform', 'LocalWorkspace', 'helm.sh', 'cdktf'];
/** What is made to be thrown away, by the names of its function, its file and what it is called on. */
const PASSING = /preview|ephemeral|review|sandbox|scratch|throwaway|e2e|teardown|fixture|(^|[/._-])(pr|tests?|it)([/._-]|$)/i;

/** A stack that a program takes down through a tool's own library: `stack.destroy()` of Pulumi, `tf.Destroy(ctx)` of terraform-exec. */
export function* stacksTakenDown(input: RuleInput): Iterable<FindingDraft> {
  const { added, after, path } = input;
  if (after === undefined) return;
  for (const call of added.calls) {
    if (call.kind !== 'call' || !TAKES_DOWN.test(lastName(call.callee)) || !STACKS.test(words(receiver(call.callee)))) continue;
    if (!LIBRARIES.some((word) => mayMention(after, word)) || PASSING.test(`${path} ${call.scope} ${call.callee}`)) continue;
    if (cameAlong(input, call)) continue;
    yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 34)}\` destroys the stack`) };
  }
}
