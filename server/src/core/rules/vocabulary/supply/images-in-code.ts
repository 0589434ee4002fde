import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { literal, words } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';
import { homeOf } from '../code/option-paths.ts';

/** Images that a program starts, by a constant or a table of them: `SANDBOX_IMAGE = "registry.example.com/sandbox:2.4.1"`. */
export function* floatingImages(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!/\bimages?\b/.test(words(`${homeOf(after)} ${after.name}`))) continue;
    const [was, is] = [IMAGE.exec(literal(before.value) ?? ''), IMAGE.exec(literal(after.value) ?? '')];
    if (was === null || is === null || was[1] !== is[1] || !isFixed(was[2]) || isFixed(is[2])) continue;
    // A template or a resource that is written as code is told as a setting.
    if (input.after?.settings.some((setting) => setting.range.start.line === after.range.start.line) === true) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`the image ${quote(is[0], 40)} has no fixed version`) };
  }
}

const IMAGE = /^((?:[\w.-]+(?::\d+)?\/)*[a-z0-9][\w.-]*)(?:[:@]([\w.:-]+))?$/;

function isFixed(tag: string | undefined): boolean {
  return tag !== undefined && !/^(latest|edge|nightly|main|master|dev|stable)$/.test(tag);
}
