import { fileURLToPath, pathToFileURL } from 'node:url';

/** Absolute path of a `file:` URI, or undefined for every other scheme: the sides of a diff and unsaved notes are not ours (experience R5). */
export function toPath(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    // A file URI of another machine, or with an encoded separator: no path here.
    return undefined;
  }
}

/** URI of a path as VS Code writes it. Two spellings of one place must meet: documents are looked up by path, never by URI. */
export function toUri(file: string): string {
  return pathToFileURL(file).href.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
