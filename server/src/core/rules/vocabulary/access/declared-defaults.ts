import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';

/** A setting of the whole program that is declared with its default: a flag of a command line, a key of a configuration. */
export interface DeclaredDefault {
  readonly call: Call;
  /** The name that a person sets it by: `require-tls`. */
  readonly name: string;
  readonly was: string;
  readonly now: string;
}

/** `flag.Bool("require-tls", true, …)`, `viper.SetDefault("auth.required", true)`, `env.bool("REQUIRE_MFA", True)` with another default. */
export function* declaredDefaults({ added, removed }: RuleInput): Generator<DeclaredDefault> {
  for (const call of added.calls) {
    if (!DECLARES.test(lastName(call.callee))) continue;
    const name = nameOf(call);
    const old = name === undefined ? undefined : removed.calls.find((other) => other.callee === call.callee && nameOf(other) === name);
    const at = old?.args.findIndex((argument, index) => /^(?:true|false)$/i.test(argument) && argument !== call.args[index]) ?? -1;
    const [was, now] = [old?.args[at], call.args[at]];
    if (name !== undefined && was !== undefined && now !== undefined) yield { call, name, was, now };
  }
}

const DECLARES =
  /^(?:Bool|BoolVar|BoolP|BoolVarP|BoolFlag|SetDefault|setDefault|bool|boolean|asBool|getBool|getBoolean|get_bool|GetBool|envBool|env_bool|parseBool|option|flag|getOrDefault|get|value|DEFINE_bool|DEFINE_boolean)$/;

/** The first text among its arguments that a name could be. */
function nameOf({ args }: Call): string | undefined {
  return args
    .slice(0, 2)
    .find((argument) => /^['"`][\w.:-]{2,60}['"`]$/.test(argument))
    ?.slice(1, -1);
}
