import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { literal } from '../code/call-names.ts';
import { escaped } from '../code/literal-patterns.ts';
import { changedOptions } from '../code/option-changes.ts';
import { isStoreAccountedFor } from './accounted-stores.ts';
import { isSurelyOther, plainText } from './computed-texts.ts';
import { forcesNew } from './force-new.ts';
import { changedSettings, placeOf } from './settings.ts';
import { spelledOutChange } from './spelled-out-changes.ts';
import { statefulKind } from './stateful.ts';
import { referenceOf, usersOf } from './terraform-values.ts';

/** A variable's default, a local value or a line of a `.tfvars` file that a property takes its value from which replaces its store. */
export function* changedValues(input: RuleInput): Generator<FindingDraft> {
  for (const written of changedSettings(input)) {
    const { resource, path } = written;
    // An entry of a table of names is one of them: `local.names.store`.
    const isEntry = resource?.type === 'locals' && path.length === 2;
    if (written.before?.value === written.after?.value || (path.length !== 1 && !isEntry)) continue;
    const change = resource?.type === 'locals' ? spelledOutChange(input, written) : written;
    const { before, after } = change;
    const own = referenceOf(change, resource, input.path);
    const reference = isEntry && own !== undefined ? `${own}.${path[1] ?? ''}` : own;
    if (before === undefined || after === undefined || reference === undefined || before.value === null) continue;
    if (plainText(before.value) === plainText(after.value) || !isSurelyOther(before, after)) continue;
    const user = usersBehind(input, reference).find(
      ({ resource: store, setting }) =>
        statefulKind(store.type) !== undefined &&
        forcesNew(store.type, setting.path[0] ?? '') &&
        !isStoreAccountedFor(store, setting.path[0] ?? '', input),
    );
    if (user === undefined) continue;
    const kind = statefulKind(user.resource.type) ?? 'store';
    yield {
      ...placeOf(change),
      message: fitMessage(
        `${quote(user.setting.path[0] ?? '', 18)} by ${quote(reference, 18)} replaces the ${kind} ${quote(user.resource.name, 16)}`,
      ),
    };
  }
}

/** A text of a program that names of its stores are made of: `const prefix = 'orders'`, `bucketName: \`${prefix}-files\``. */
export function* changedConstants(input: RuleInput): Generator<FindingDraft> {
  const { after } = input;
  if (after === undefined || after.resources.every(({ type }) => !/^(?:cdk|pulumi):/.test(type))) return;
  for (const { before: old, after: now } of changedOptions(input)) {
    const [was, is] = [literal(old.value), literal(now.value)];
    if (now.callee !== '' || !/^\w+$/.test(now.name) || was === undefined || is === undefined || plainText(was) === plainText(is)) continue;
    const taken = new RegExp(`\\$\\{ ?(?:this\\.)?${escaped(now.name)} ?\\}|^(?:this\\.)?${escaped(now.name)}$`);
    const user = after.settings.find(({ resource, path, value }) => {
      const type = after.resources.find(({ key }) => key === resource)?.type ?? '';
      return (
        /^(?:cdk|pulumi):/.test(type) && statefulKind(type) !== undefined && forcesNew(type, path[0] ?? '') && taken.test(String(value))
      );
    });
    const store = after.resources.find(({ key }) => key === user?.resource);
    if (user === undefined || store === undefined || isStoreAccountedFor(store, user.path[0] ?? '', input)) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(
        `${quote(user.path[0] ?? '', 18)} by ${quote(now.name, 18)} replaces the ${statefulKind(store.type) ?? 'store'} ${quote(store.name, 16)}`,
      ),
    };
  }
}

/** Who takes its value from a name, also through local values that are made of it. */
function usersBehind(input: RuleInput, reference: string): ReturnType<typeof usersOf> {
  const found = [...usersOf(input, reference)];
  const followed = new Set([reference]);
  for (const { resource, setting, file } of found) {
    const next = resource.type === 'locals' && setting.path.length === 1 ? referenceOf(setting, resource, file) : undefined;
    if (next === undefined || followed.has(next) || followed.size > 8) continue;
    followed.add(next);
    found.push(...usersOf(input, next));
  }
  return found;
}
