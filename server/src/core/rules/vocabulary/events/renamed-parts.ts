import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { literal, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { type Skeleton, saysPart, skeletonOf, skeletonOfValue } from '../contract/composed-names.ts';
import { changedSettings } from '../settings/settings.ts';
import { carriesEvent, isNaming } from './event-names.ts';
import { isBeside, lineSaying, SPEAKING_FILES } from './event-speakers.ts';

/** A name with holes whose fixed part changed, while another file says the old part. */
export function* partsRenamed(input: RuleInput): Iterable<FindingDraft> {
  for (const { was, is, range } of [...partsInCalls(input), ...partsInOptions(input), ...partsInSettings(input)]) {
    if (was.text === is.text || is.text.includes(was.text)) continue;
    const left = input.trees.after
      .mentioning(was.fixed.match(/\w+/g)?.sort((a, b) => b.length - a.length)[0] ?? was.fixed, SPEAKING_FILES)
      .filter((path) => {
        const [content, old] = [input.trees.after.read(path), input.trees.before.read(path)];
        return (
          path !== input.path &&
          !isBeside(path) &&
          content?.kind === 'text' &&
          saysPart(content.text, was) &&
          old?.kind === 'text' &&
          saysPart(old.text, was)
        );
      });
    if (left.length === 0) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(
        `\`${shorten(was.text, 22)}\` is now \`${shorten(is.text, 22)}\`; ${left.length} ${left.length === 1 ? 'file says' : 'files say'} the old name`,
      ),
      severity: left.length >= 5 ? 'high' : 'medium',
      related: left
        .slice(0, 10)
        .map((path) => ({ path, line: lineSaying(input, path, was.fixed), message: `says ${shorten(was.fixed, 40)}` })),
    };
  }
}

interface RenamedPart {
  readonly was: Skeleton;
  readonly is: Skeleton;
  readonly range: Range;
}

function* partsInCalls(input: RuleInput): Iterable<RenamedPart> {
  const partOf = (call: Call, facts: SourceFacts | undefined): Skeleton | undefined => {
    if (!carriesEvent(call)) return undefined;
    return call.args.flatMap(
      (argument) => skeletonOf(withConstants(argument, facts).replace(/^[A-Za-z_]\w*\s*=\s*(?=[fFrR]?["'`])/, '')) ?? [],
    )[0];
  };
  for (const call of input.added.calls) {
    const is = partOf(call, input.after);
    if (is === undefined) continue;
    const old = input.removed.calls.find(
      (other) =>
        other.callee === call.callee &&
        partOf(other, input.before) !== undefined &&
        (counterpartScope(input, other.scope) === call.scope || other.scope === call.scope),
    );
    const was = old === undefined ? undefined : partOf(old, input.before);
    if (was !== undefined) yield { was, is, range: call.range };
  }
}

/** `f"{PREFIX}:{id}"` with the text of a constant of the file in the place of its name. */
function withConstants(source: string, facts: SourceFacts | undefined): string {
  return source.replace(/\$?\{([A-Z][A-Z0-9_]*)\}/g, (hole, name: string) => {
    const own = facts?.options.filter((option) => option.name === name && option.callee === '') ?? [];
    return (own.length === 1 ? literal(own[0]?.value) : undefined) ?? hole;
  });
}

function* partsInOptions(input: RuleInput): Iterable<RenamedPart> {
  for (const { before, after } of changedOptions(input)) {
    const [was, is] = [skeletonOf(before.value), skeletonOf(after.value)];
    if (was !== undefined && is !== undefined && (isNaming(after.name) || /\b(key|prefix)$/.test(words(after.name))))
      yield { was, is, range: after.range };
  }
}

function* partsInSettings(input: RuleInput): Iterable<RenamedPart> {
  for (const { before, after, path, resourceIsNew } of changedSettings(input)) {
    if (before === undefined || after === undefined || resourceIsNew) continue;
    const [was, is] = [skeletonOfValue(String(before.value)), skeletonOfValue(String(after.value))];
    const own = path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? '';
    if (was !== undefined && is !== undefined && (isNaming(own) || /_(TOPIC|QUEUE|CHANNEL|STREAM|SUBJECT)(_NAME)?$/.test(own)))
      yield { was, is, range: after.range };
  }
}
