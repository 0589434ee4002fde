import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { plainWords } from '../shell/command-parts.ts';

/** A command that proved who made a thing, and that is gone while the thing is still used. */
export interface LostProofCommand {
  readonly range: Range;
  /** Program and verb: `cosign verify`. */
  readonly shown: string;
}

/** Programs that prove who signed something, with the verb that does. */
const PROVES: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:cosign|notation|sget|vexctl)$/, /^verify(?:-attestation|-blob(?:-attestation)?)?$/],
  [/^(?:gpg2?|gpgv|sq)$/, /^(?:--verify|verify)$/],
  [/^(?:slsa-verifier)$/, /^verify-(?:image|artifact|npm-package)$/],
  [/^(?:minisign|signify|rsign)$/, /^(?:-[A-UW-Za-z]{0,8}V\w{0,8}|verify)$/],
  [/^gh$/, /^attestation$/],
  [/^git$/, /^(?:verify-tag|verify-commit)$/],
  [/^openssl$/, /^-verify$/],
  [/^(?:helm)$/, /^(?:verify|--verify)$/],
  [/^ssh-keygen$/, /^verify$/],
  [/^(?:npm|pnpm)$/, /^signatures$/],
  [/^(?:docker)$/, /^trust$/],
];

/** Proofs of this hunk of which the file has fewer now; a function of the file that makes the same one counts. */
export function* lostProofCommands({ before, after, removed, addedElsewhere }: RuleInput): Generator<LostProofCommand> {
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const command of removed.commands) {
    const shown = proofOf(command);
    if (shown === undefined || told.has(shown)) continue;
    const count = (facts: SourceFacts): number => facts.commands.filter((other) => proofOf(other) === shown).length;
    if (count(after) >= count(before) || count(after) > 0 || hasOther(after)) continue;
    // What was proved went as well, or another file proves it now.
    if (!usesStill(after, command) || addedElsewhere().commands.some((other) => proofOf(other) !== undefined)) continue;
    told.add(shown);
    yield { range: command.range, shown };
  }
}

/** `cosign verify` of a command that proves; undefined for any other. */
function proofOf(command: Command): string | undefined {
  const texts = command.words.slice(1, 8).map(({ text }) => text);
  const verb = PROVES.find(([program]) => program.test(command.name))?.[1];
  const said = verb === undefined ? undefined : texts.find((text) => verb.test(text));
  if (said !== undefined) return `${command.name} ${said}`;
  return command.name === 'gpgv' ? 'gpgv' : undefined;
}

function hasOther({ commands }: SourceFacts): boolean {
  return commands.some((command) => proofOf(command) !== undefined);
}

/** A command that is left names what the proof was of, as it was written or by the variable it stands in. */
function usesStill({ commands }: SourceFacts, proof: Command): boolean {
  const things = plainWords(proof)
    .map((text) => text.replace(/\.(?:asc|sig|minisig|pem|intoto\.jsonl|pub)$/, ''))
    .filter((text) => text.length > 3 && !PROVES.some(([, verb]) => verb.test(text)));
  const names = new Set(proof.words.flatMap(({ expansions }) => expansions.map(({ name }) => name)));
  return commands.some(({ words }) =>
    words.slice(1).some(({ text, expansions }) => things.includes(text) || expansions.some(({ name }) => names.has(name))),
  );
}
