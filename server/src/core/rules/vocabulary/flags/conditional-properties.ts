import type { Call } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';

/** What a property of Spring is taken for where nobody sets it. */
export interface ConditionalProperty {
  /** `features.ledger-v2`, of a name alone and of a prefix with a name. */
  readonly flag: string;
  readonly value: boolean;
}

/**
 * `@ConditionalOnProperty(prefix = "features", name = "ledger-v2", matchIfMissing = true)`; undefined for another call, and for one that
 * asks for the opposite (`havingValue = "false"`), which says nothing of what is turned on.
 */
export function conditionalProperty({ kind, callee, args }: Call): ConditionalProperty | undefined {
  if (kind !== 'decorator' || !/^ConditionalOn(?:Boolean)?Property$/.test(lastName(callee))) return undefined;
  const given = (key: string): string | undefined =>
    args.map((argument) => new RegExp(`^${key} ?= ?\\{? ?['"]([^'"]+)['"]`).exec(argument)?.[1]).find((value) => value !== undefined);
  const bare = args.map((argument) => /^['"]([^'"]+)['"]$/.exec(argument)?.[1]).find((value) => value !== undefined);
  const name = given('name') ?? given('value') ?? bare;
  if (name === undefined || given('havingValue') === 'false') return undefined;
  const prefix = given('prefix')?.replace(/\.$/, '');
  return {
    flag: prefix === undefined ? name : `${prefix}.${name}`,
    value: args.some((argument) => /^matchIfMissing ?= ?true$/.test(argument)),
  };
}
