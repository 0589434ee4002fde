import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
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
    if (
      option.value === 'false' ||
      !CLOSED.test(option.value) ||
      (/^(middlewares?|preHandler|onRequest|guards?|preValidation|before|beforeEnter|canActivate|handle|use)$/.test(option.name) &&
        !isAccessName(option.value) &&
        !itemsIn(option.value).some(isGuardItem(input)))
    )
      continue;
    if (counterpartScope(input, option.scope) === undefined || isHookOfPlugin(input, option)) continue;
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
}
