import type { FileImpact, Impact, Site } from '../../core/reach/impact.ts';
import { stateOf } from '../../core/reach/picture.ts';
import { foreignJson } from './foreign.ts';
import { deeperLine } from './graph-words.ts';
import { writeJson } from './json-text.ts';

/**
 * An impact for scripts, schema version 1 (docs/cli.md), whole and not folded. Written by hand, field by field, as the review is.
 * Lines are 1-based, characters 0-based UTF-16.
 */
export function renderGraphJson(impact: Impact): string {
  const { subject } = impact;
  const document = {
    schemaVersion: 1,
    symbol: { path: subject.path, name: subject.name, kind: subject.kind, line: subject.line },
    tree: impact.tree,
    references: impact.references,
    files: impact.files,
    transitiveFiles: impact.transitiveFiles,
    transitiveAtMost: impact.transitiveAtMost,
    packages: impact.packageCount,
    tests: impact.tests,
    tested: impact.tested ?? null,
    method: impact.method,
    atMost: impact.atMost,
    ownUses: impact.own.map(siteJson),
    dependents: impact.packages.map(({ name, folder, files }) => ({ package: name, folder, files: files.map(fileJson) })),
    entryPoints: impact.entryPoints.map(({ kind, name, path, declared, atMost }) => ({
      kind,
      name,
      path,
      declaredIn: declared.path,
      line: declared.line,
      atMost,
    })),
    moreEntryPoints: impact.moreEntryPoints,
    owners: impact.owners.map(({ name, files }) => ({ name, files })),
    unowned: impact.unowned ?? null,
    ...(impact.foreign === undefined ? {} : { foreign: foreignJson(impact.foreign) }),
    notShown: [...deeperLine(impact), ...impact.cut],
  };
  return writeJson(document);
}

function fileJson(file: FileImpact): object {
  return {
    path: file.path,
    steps: file.steps,
    state: stateOf(file),
    sites: file.sites.map(siteJson),
    through: file.through,
    atMost: file.atMost,
    owners: file.owners,
  };
}

function siteJson({ line, character, kind }: Site): object {
  return { line, character, kind };
}
