/** The folder of a path; empty for the root of the tree. */
export function directory(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/**
 * `path` as seen from `folder`, without `.`, `..` and doubled or trailing slashes. Undefined where it leaves the tree: nothing
 * of the tree is meant then.
 */
export function joined(folder: string, path: string): string | undefined {
  let at = folder;
  let rest = path;
  // Nearly every specifier is a few steps up and then plain names; only the others are taken apart.
  for (;;) {
    if (rest.startsWith('./')) rest = rest.slice(2);
    else if (rest.startsWith('../')) {
      if (at === '') return undefined;
      at = directory(at);
      rest = rest.slice(3);
    } else break;
  }
  if (rest !== '' && rest[0] !== '.' && rest[0] !== '/' && !rest.includes('/.') && !rest.includes('//') && !rest.endsWith('/'))
    return at === '' ? rest : `${at}/${rest}`;
  const parts = at === '' ? [] : at.split('/');
  for (const part of rest.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || (path.startsWith(folder) && path[folder.length] === '/');
}
