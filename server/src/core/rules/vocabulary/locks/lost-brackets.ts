import type { Call, CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, receiver, words } from '../code/call-names.ts';
import { type ChangedLine, changedLines } from '../code/changed-lines.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { handsWork, isHandedWork } from './handed-work.ts';

const BLOCK = /^(?:async )?with (?:self\.)?_?\w*(?:conn|connection|db|database|cnx|uow|unit_of_work)(?:\(\))?(?:\)? as \w+)?:/;

/** `with conn:` of Python's database modules, which commits at its end and takes back where it fails; `scope` is the after side's. */
export function lostConnectionBlocks(input: RuleInput): readonly ChangedLine[] {
  const { before, after, path } = input;
  if (!path.endsWith('.py') || before === undefined || after === undefined || !/\bwith\b/.test(before.text ?? 'with')) return [];
  return changedLines(input, 'before').flatMap((line) => {
    const scope = BLOCK.test(line.text) ? counterpartScope(input, line.scope) : undefined;
    if (scope === undefined || scope === '' || hasBlock(after, scope)) return [];
    const isHeld = after.calls.some(
      (call) =>
        within(call.scope, scope) && /\b(?:commit|begin|atomic|transaction|unit of work|rollback)\b/.test(words(lastName(call.callee))),
    );
    // What calls it may open the block now.
    const isOpenedElsewhere = blocksIn(after) >= blocksIn(before);
    return isHeld || isOpenedElsewhere ? [] : [{ ...line, scope }];
  });
}

/** A function of this side has a block of a connection: what stands in it is committed by the block's end. */
export function hasBlock(facts: SourceFacts, scope: string): boolean {
  const place = facts.scopes.find(({ name }) => name === scope);
  return place !== undefined && blocksOn(tokensOn(facts, place.startLine, place.endLine)) > 0;
}

function blocksOn(tokens: readonly CodeToken[]): number {
  return tokens.filter(({ text }, at) => {
    const held = tokens[at + 1]?.text === 'self' ? tokens[at + 3] : tokens[at + 1];
    return text === 'with' && /(?:conn|connection|db|database|cnx|uow|unit_of_work)$/.test(held?.text ?? '');
  }).length;
}

const blocksIn = keepOf(({ tokens }: SourceFacts): number => blocksOn(tokens));

/** A helper that opened a transaction around what it was handed, and still runs that and opens none. `scope` is the after side's. */
export function lostForHanded(input: RuleInput, opener: Call, scope: string): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '') return false;
  const runs = (facts: typeof after, name: string): boolean =>
    facts.calls.some((call) => call.scope === name && isHandedWork(facts, call)) || handsWork(facts, name).length > 0;
  if (!runs(before, opener.scope) || !runs(after, scope)) return false;
  const OPENS = /\b(?:begin|transaction|tx|atomic|unit of work|savepoint|commit)\b/;
  const isControl = ({ callee, args }: Call): boolean =>
    OPENS.test(words([lastName(callee), /^['"`]/.test(args[0] ?? '') ? args[0] : ''].join(' ')));
  return !newCallsIn(input, opener.scope).some(isControl) && !after.calls.some((call) => within(call.scope, scope) && isControl(call));
}

/** SQLAlchemy begins by itself with the first statement: one commit behind the last write makes of them what `begin()` did. */
export function commitsAtEnd({ after }: RuleInput, opener: Call, scope: string): boolean {
  if (lastName(opener.callee) !== 'begin' || !/(?:session|engine)\w*(?:\(\))?$/i.test(receiver(opener.callee))) return false;
  const own = after?.calls.filter((call) => within(call.scope, scope)) ?? [];
  const [commit, ...others] = own.filter(({ callee }) => lastName(callee) === 'commit');
  if (commit === undefined || others.length > 0) return false;
  return own.every((call) => call === commit || !isWrite(call.callee) || call.range.start.line <= commit.range.start.line);
}
