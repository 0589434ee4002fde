import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';
import { hasLock } from './takes-lock.ts';

/** `once.Do(func() { client = connect() })` that became `if client == nil { client = connect() }`: two callers may both find nothing. */
export function* lostOnce(input: RuleInput): Iterable<FindingDraft> {
  const { after, before, path } = input;
  if (!/\.(?:go|rs)$/.test(path) || after === undefined || before === undefined) return;
  for (const call of input.removed.calls) {
    if (!/^(?:Do|call_once|get_or_init)$/.test(lastName(call.callee)) || !/\b(?:once|init|lazy)\b/.test(words(receiver(call.callee))))
      continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '' || hasLock(after, scope, path)) continue;
    const code = tokensOf(after, scope);
    const set = /\bif ([\w.]+)(?:==nil|\.is_none\(\))\{/.exec(code)?.[1];
    if (
      set === undefined ||
      !code.includes(`${set}=`) ||
      code.includes(`${set}:=`) ||
      /\.(?:Do|CompareAndSwap|Load|get_or_init)\(/.test(code)
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(set, 24)}\` is no longer made once alone in \`${shorten(scope, 24)}\``),
    };
  }
}
