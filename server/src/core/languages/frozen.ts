/**
 * Calls that give back what they were given, only frozen or copied: what is written inside belongs to the name that it is bound to, as
 * if the call were not there. `const FEES = Object.freeze({ … })`, `FEES = MappingProxyType({…})`, `dict(plus=…)`.
 */
export const FREEZES =
  /^(?:Object\.(?:freeze|seal)|deep_?[fF]reeze|(?:types\.)?MappingProxyType|(?:\w+\.)?(?:frozendict|immutabledict|OrderedDict)|dict)$/;
