import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** Decorators and annotations that let a function run only where a flag is on. */
export function isFlagMark(callee: string): boolean {
  return /^(ConditionalOnProperty|ConditionalOnFeature\w*|FeatureGate|FeatureEnabled|RequiresFlag|RequireFlag|RequireFeature|RequiresFeatureFlag|RequireFeatureFlag|FeatureFlag|FeatureToggle|RequiresFeature|IfBuildProperty|waffle_flag|waffle_switch|flag_required|require_flag|requires_flag|feature_required|requires_feature|require_feature|feature_flag|flag_check)$/.test(
    lastName(callee),
  );
}

/** True where the flag gates the function as a decorator now, under the name that its body asked for: `@waffle_flag("bulk-export")`. */
export function isGatedByMark({ before, after }: RuleInput, scope: string, flag: string): boolean {
  const now = counterpartScope({ before, after }, scope);
  return (
    now !== undefined &&
    after?.calls.some(
      (call) =>
        call.kind === 'decorator' && call.scope === now && isFlagMark(call.callee) && (literal(call.args[0]) ?? call.args[0]) === flag,
    ) === true
  );
}
