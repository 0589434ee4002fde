import { draftFacts } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { describeLockFile } from '../lock-files.ts';

/** Lock files that are neither JSON nor YAML. They are named as generated; what is read of them is where packages come from. */
const language: Language = {
  id: 'lock-file',
  owns: (path) =>
    /(^|\/)(yarn\.lock|bun\.lockb?|poetry\.lock|uv\.lock|pdm\.lock|pylock[\w.-]*\.toml|Cargo\.lock|go\.sum|go\.work\.sum|Gemfile\.lock|composer\.lock|Pipfile\.lock|mix\.lock|flake\.lock|packages\.lock\.json|gradle\.lockfile|deno\.lock|pubspec\.lock|Podfile\.lock)$/.test(
      path,
    ),
  facts(path, text) {
    const draft = draftFacts('lock-file');
    describeLockFile(path, text, draft);
    return draft;
  },
};

export default language;
