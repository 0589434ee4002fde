import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** A call that kept a path in a folder by what it was told, and is told so no more. */
export interface LostContainer {
  readonly side: Side;
  readonly range: Range;
  readonly what: string;
}

/**
 * `res.sendFile(name, { root })` that gets a joined path now, an archive that is unpacked without the `filter` that refuses what leads out,
 * and an upload that is stored under the name that its sender gave it.
 */
export function* lostContainers(input: RuleInput): Generator<LostContainer> {
  const { added, removed, before, after } = input;
  for (const call of added.calls) {
    const name = lastName(call.callee);
    if (
      name === 'sendFile' &&
      !/\broot\b/.test(call.args[1] ?? '') &&
      ASKED.test((call.args[0] ?? '').replace(/\bpath\.(?:join|resolve)\b/g, ''))
    ) {
      const old = removed.calls.find((other) => other.callee === call.callee && /\broot\b/.test(other.args[1] ?? ''));
      if (old !== undefined) yield { side: 'after', range: call.range, what: 'sendFile without a root' };
    }
    if (/^(cb|callback|done)$/.test(call.callee) && UPLOADED.test(call.args[1] ?? '')) {
      const isOld = before?.calls.some((other) => other.callee === call.callee && UPLOADED.test(other.args[1] ?? ''));
      const stood = removed.calls.some((other) => other.callee === call.callee && other.args.length > 1);
      if (isOld !== true && stood) yield { side: 'after', range: call.range, what: call.args[1] ?? '' };
    }
  }
  for (const option of removed.options) {
    if (
      option.name !== 'filter' ||
      !/^(extractall|extract|unpack_archive)$/.test(lastName(option.callee)) ||
      !/data|tar/.test(option.value)
    )
      continue;
    const scope = counterpartScope(input, option.scope);
    const unpacks =
      scope === undefined
        ? undefined
        : after?.calls.find((call) => within(call.scope, scope) && lastName(call.callee) === lastName(option.callee));
    if (unpacks !== undefined && !unpacks.args.some((argument) => /^(?:filter=|\*\*)/.test(argument)))
      yield { side: 'before', range: option.range, what: `${option.name}=${option.value}` };
  }
}

const ASKED = /\b(req|request|ctx|c)\.(params|query|body|path|url)\b|\b(name|file\w*|key|path|id)\b/;
const UPLOADED = /^(file|upload|part)\.(originalname|originalFilename|filename)$/;
