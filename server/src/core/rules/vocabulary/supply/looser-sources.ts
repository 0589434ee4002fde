import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** Providers and modules of Terraform, and the charts that a chart or a release takes. */
export function* looserModules(input: RuleInput): Generator<FindingDraft> {
  const isTerraform = /\.(tf|tofu)$/.test(input.path);
  const isChart = /(^|\/)(Chart|requirements|helmfile[\w.-]*|galaxy|collections)\.ya?ml$/.test(input.path);
  if (!isTerraform && !isChart) return;
  for (const { path, before, after, resource, resourceIsGone } of changedSettings(input)) {
    if (before === undefined || resourceIsGone || typeof before.value !== 'string') continue;
    const name = nameOf({ path });
    const isSource = name === 'source' && resource?.type === 'module';
    const isVersion = isTerraform
      ? (name === 'version' && (/^(module|helm_release)$/.test(resource?.type ?? '') || path[0] === 'required_providers')) ||
        (path[0] === 'required_providers' && path.length === 2)
      : name === 'version' && path.some((part) => /^(dependencies|releases|collections|roles)$/.test(part));
    if (!isSource && !isVersion) continue;
    const stays = after !== undefined || settingsUnder(input.after, before, path.slice(0, -1)).length > 0;
    const firmness = isSource ? refFirmness : rangeFirmness;
    const value = after === undefined ? '' : String(after.value);
    const [was, is] = [firmness(before.value), firmness(value)];
    if (!stays || is >= was || (isSource && value.split('?')[0] !== before.value.split('?')[0])) continue;
    yield {
      ...placeOf({ path, before, after, resource, resourceIsNew: false, resourceIsGone }),
      severity: is === 0 || was === 3 ? 'medium' : 'low',
      message: fitMessage(
        `${quote(before.value.slice(-24), 26)} -> ${value === '' ? 'no version' : quote(value.slice(-24), 26)}: not one version any more`,
      ),
    };
  }
}

/** 3 a commit, 2 a numbered tag, 0 a branch or nothing. */
function refFirmness(source: string): number {
  const ref = /[?&]ref=([^&]+)/.exec(source)?.[1] ?? '';
  return /^[0-9a-f]{40}$/.test(ref) ? 3 : /^v?\d/.test(ref) ? 2 : 0;
}

/** 2 one version, 1 with an upper bound, 0 with none. */
function rangeFirmness(version: string): number {
  const text = version.trim();
  if (/^=?\s*v?\d+\.\d+\.\d+([-+][\w.-]+)?$/.test(text)) return 2;
  return /~>|<|\^|~|^\d/.test(text) ? 1 : 0;
}

/** The image that a build starts from, named by its content or exactly, and by a tag that moves from now on. */
export function* looserImages(input: RuleInput): Generator<FindingDraft> {
  if (input.after?.language !== 'dockerfile' || /(^|\/)\.devcontainer\/|\b(dev|local|test)\b/i.test(input.path)) return;
  for (const { path, before, after } of changedSettings(input)) {
    if (before === undefined || after === undefined || nameOf({ path }) !== 'FROM') continue;
    const [was, is] = [imageOf(String(before.value)), imageOf(String(after.value))];
    const moves = is.digest === '' && /^(|latest|edge|nightly|main|master|stable|current|lts)$/.test(is.tag);
    const isStage = input.after.resources.some((resource) => resource.type === 'stage' && resource.name === is.name);
    if (!moves || isStage || is.name === 'scratch' || /[$]/.test(is.name) || !(was.digest !== '' || /\d/.test(was.tag))) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(
        `${quote(is.name, 28)}: ${quote(was.digest !== '' ? 'a digest' : was.tag, 20)} -> ${quote(is.tag === '' ? 'no tag' : is.tag)}`,
      ),
    };
  }
}

function imageOf(from: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const [, name = '', tag = '', digest = ''] = /^(?:--\S+\s+)*([^\s@]+?)(?::([\w.-]+))?(?:@(sha256:\w+))?(?:\s|$)/.exec(from) ?? [];
  return { name, tag, digest };
}
