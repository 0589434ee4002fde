import type { Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { BAKE_CUT } from '../../thresholds.ts';
import { words } from '../code/call-names.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { countOf, durationOf, shownValue } from '../settings/setting-values.ts';
import { changeName, ofResource, type SettingChange } from '../settings/settings.ts';
import type { RolloutLoss } from './losses.ts';

const WAIT =
  /\b(bake|baking|soak|soaking|bake time|min ready|pause|canary (duration|wait|minutes|time)|wave (delay|interval|wait)|stage (delay|interval|wait|duration)|observation|observe|verification (window|minutes|time)|verify (minutes|duration|window)|analysis interval|warm ?up|stabili[sz]ation|cool ?down between|wait between|delay between|batch (delay|interval)|termination wait|step (interval|duration|wait)|rollout (delay|interval|duration|window|minutes|hours)|hold)\b/;

/** Less time between the stages of a rollout, in which a fault would show. */
export function shorterWait(change: SettingChange, input: RuleInput): RolloutLoss | undefined {
  const { path, before, after } = change;
  if (before === undefined || before.value === null) return undefined;
  const name = changeName(change);
  const steps = path.some((element) =>
    /^(steps|canary|blueGreen|analysis|rollout|rollouts?|waves?|stages?|progressive\w*|deployment_?strategy|update_config|canaryAnalysis|skipSteps|deploymentPolicy|deployment_policy)$/i.test(
      element,
    ),
  );
  const isWait =
    WAIT.test(words(name)) ||
    (steps && /\b(duration|delay|interval|wait|pause|minutes|seconds|hours|monitor)\b/.test(words(name))) ||
    /^minReadySeconds$/.test(name);
  if (!isWait || /\b(timeout|deadline|animation|poll|max|http|connect)\b/.test(words(name))) return undefined;
  const about = `${before.resource} ${path.join('/')}`;
  const [old, now] = [timeOf(before.value), after === undefined ? 0 : timeOf(after.value)];
  if (old === undefined || now === undefined || old === 0 || now > old * BAKE_CUT) return undefined;
  // A step that went away with its pause is one stage less, and told as such.
  if (after === undefined && path.length > 1 && settingsUnder(input.after, before, path.slice(0, -1)).length === 0 && !steps)
    return undefined;
  return {
    message: `${quote(
      path
        .slice(-2)
        .filter((part) => !/^\d+$/.test(part))
        .join('.'),
      34,
    )}${ofResource(change)}: ${shownValue(before.value)} -> ${shownValue(after?.value)}`,
    about,
  };
}

function timeOf(value: Setting['value']): number | undefined {
  return countOf(value) ?? durationOf(value);
}
