import type { Call } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';

/** A schema that refused what it does not name, and takes it now; or a schema whose refusal nobody reads. */
export interface OpenSchema {
  readonly side: Side;
  readonly range: Range;
  readonly what: string;
}

/** `.strict()` that became `.passthrough()`, `extra='forbid'` that became `extra='allow'`, `whitelist: true` of a pipe that is gone. */
export function* openSchemas(input: RuleInput): Generator<OpenSchema> {
  const { removed, added, after } = input;
  for (const call of added.calls) {
    if (
      !/^(?:passthrough|loose|looseObject|unknown)$/.test(lastName(call.callee)) ||
      (call.args.length > 0 && lastName(call.callee) !== 'unknown' && lastName(call.callee) !== 'looseObject')
    )
      continue;
    const was = removed.calls.find((old) => /^(?:strict|strictObject)$/.test(lastName(old.callee)) && old.scope === call.scope);
    if (was !== undefined && /\bz\b|\b(?:object|schema|joi|yup)\b/.test(words(receiver(`${call.callee} ${was.callee}`))))
      yield { side: 'after', range: call.range, what: `${lastName(call.callee)}()` };
  }
  for (const call of removed.calls) {
    const denies = ({ callee, args }: Call): boolean =>
      callee === 'serde' && args.some((argument) => argument.includes('deny_unknown_fields'));
    const stays = after?.symbols.some(({ name }) => name === call.scope) === true;
    if (denies(call) && stays && after?.calls.some((other) => other.scope === call.scope && denies(other)) === false)
      yield { side: 'before', range: call.range, what: 'no deny_unknown_fields' };
  }
  for (const option of added.options) {
    const was = removed.options.find((old) => old.name === option.name && old.scope === option.scope)?.value ?? '';
    const isOpen =
      (option.name === 'extra' && /forbid/i.test(was) && /allow/i.test(option.value)) ||
      (/^(?:whitelist|forbidNonWhitelisted|stripUnknown|additionalItems)$/.test(option.name) &&
        was === 'true' &&
        option.value === 'false') ||
      (/^(?:additionalProperties|allowUnknown)$/.test(option.name) &&
        was === (option.name === 'allowUnknown' ? 'false' : 'false') &&
        option.value === 'true');
    if (isOpen) yield { side: 'after', range: option.range, what: `${option.name}: ${option.value}` };
  }
  for (const option of removed.options) {
    if (!/^(?:whitelist|forbidNonWhitelisted)$/.test(option.name) || option.value !== 'true' || !/ValidationPipe/.test(option.callee))
      continue;
    const stays = after?.calls.some(({ callee }) => callee === option.callee) === true;
    if (stays && after?.options.every(({ name }) => name !== option.name) === true)
      yield { side: 'before', range: option.range, what: `no ${option.name}` };
  }
}
