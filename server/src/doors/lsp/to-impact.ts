import type { Impact, Site } from '../../core/reach/impact.ts';
import { nearerNames, stateOf } from '../../core/reach/picture.ts';
import type { EditorReferences, ImpactFile, ImpactReport } from '../../protocol.ts';
import { entriesLine, entryText, fileText, impactLine, inTurnLine, methodLine, untestedLine, VERB } from '../reporters/graph-words.ts';
import { plural, shortTree } from '../reporters/review-report.ts';
import type { ImpactAnswer } from './impact-answer.ts';
import { type Places, toFile } from './places.ts';
import { toUri } from './uris.ts';

/** Files of one package that the view lists; their number is always the whole. */
const MOST_FILES = 200;

export interface ImpactContext {
  readonly places: Places;
  /** Commit that the working tree is compared with. */
  readonly baseline: string;
  /** What the editor's own language extension counts; null where it was not asked or did not answer. */
  readonly editor: EditorReferences | null;
}

/** An impact in the words of the protocol; lines from 0. */
export function toImpactReport({ symbol, impact, isOfBase }: ImpactAnswer, { places, baseline, editor }: ImpactContext): ImpactReport {
  const uriOf = (path: string): string => toUri(toFile(places, path));
  const counted = editor === null ? [] : [editorText(editor)];
  if (impact === null)
    return {
      symbol,
      summary: 'dependents not computed: the imports of this language are not followed',
      isComputed: false,
      method: counted.join(' · '),
      packages: [],
      entryPoints: [],
      owners: [],
      notShown: [],
    };
  const asked = isOfBase ? `asked of the base ${shortTree(baseline)}, where its lines are` : 'asked of the files as they are now';
  return {
    symbol,
    summary: impactLine(impact),
    isComputed: true,
    method: [untestedLine(impact), entriesLine(impact), inTurnLine(impact), methodLine(impact), ...counted, asked]
      .filter((part) => part !== '')
      .join(' · '),
    packages: impact.packages.map(({ name, folder, files }) => ({
      name,
      files: files.slice(0, MOST_FILES).map(
        (file): ImpactFile => ({
          uri: uriOf(file.path),
          label: folder === '' ? file.path : file.path.slice(folder.length + 1),
          detail: fileText({ ...file, nearer: nearerNames(file, folder) }),
          state: stateOf(file),
          steps: file.steps,
          sites: file.sites.map(toSite),
        }),
      ),
      more: Math.max(0, files.length - MOST_FILES),
    })),
    entryPoints: impact.entryPoints.map((entry) => ({
      label: entryText(entry),
      uri: uriOf(entry.declared.path),
      line: entry.declared.line - 1,
    })),
    owners: ownersOf(impact),
    notShown: notShown(impact),
  };
}

/** Its own method beside ours: it neither raises nor lowers what was found here. */
function editorText({ references, files }: EditorReferences): string {
  return `${plural(references, 'reference')} in ${plural(files, 'file')} by the editor's own language extension`;
}

function toSite({ line, character, kind }: Site): ImpactFile['sites'][number] {
  return { line: line - 1, character, verb: VERB[kind] };
}

function ownersOf({ owners, unowned }: Impact): ImpactReport['owners'] {
  const nobody = unowned === undefined || unowned === 0 ? [] : [{ label: `nobody: ${plural(unowned, 'file')}` }];
  return [...owners.map(({ name, files }) => ({ label: `${name}: ${plural(files, 'file')}` })), ...nobody];
}

/** What the answer leaves out. */
function notShown({ moreEntryPoints, deeper, cut }: Impact): readonly string[] {
  return [
    ...(moreEntryPoints > 0 ? [plural(moreEntryPoints, 'more entry point')] : []),
    ...(deeper === undefined ? [] : [`${plural(deeper.files, 'file')} further in turn`]),
    ...cut,
  ];
}
