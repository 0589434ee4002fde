import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

export interface RepositoryWatch {
  close(): void;
}

/** Several writes of one git command count as one. */
const SETTLE_MS = 60;

/**
 * Tells when HEAD or the index was written, and when another window wrote the ledger: by the system's notices, never by
 * polling, and without making a file or folder. A place that cannot be watched is logged; the editor's own notices still come.
 */
export function watchRepository(
  { gitDir, commonDir }: { readonly gitDir: string; readonly commonDir: string },
  onMoved: (what: 'head' | 'ledger') => void,
  log: (line: string) => void,
): RepositoryWatch {
  const timers = new Map<string, NodeJS.Timeout>();
  const settle = (what: 'head' | 'ledger'): void => {
    clearTimeout(timers.get(what));
    timers.set(
      what,
      setTimeout(() => onMoved(what), SETTLE_MS),
    );
  };
  const watchers: FSWatcher[] = [];
  const watchFolder = (folder: string, heard: (name: string) => void): boolean => {
    try {
      const watcher = watch(folder, (_, name) => heard(name ?? ''));
      watcher.on('error', (error) => log(`no longer watching ${folder}: ${error.message}`));
      watchers.push(watcher);
      return true;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) log(`not watching ${folder}: ${String(error)}`);
      return false;
    }
  };
  /** A folder that may come later is looked for again whenever its parent changes. */
  const watchLate = (parent: string, name: string, heard: (name: string) => void): (() => void) => {
    let isWatched = false;
    return () => {
      if (!isWatched) isWatched = watchFolder(path.join(parent, name), heard);
    };
  };

  // A commit on a branch leaves HEAD as it is and writes its log; a checkout writes both.
  const watchLogs = watchLate(gitDir, 'logs', (name) => name === 'HEAD' && settle('head'));
  const watchLedger = watchLate(commonDir, 'brakeline', (name) => name === 'ledger.jsonl' && settle('ledger'));
  watchLogs();
  watchLedger();
  watchFolder(gitDir, (name) => {
    if (name === 'logs') watchLogs();
    if (name === 'HEAD' || name === 'index' || name === 'logs') settle('head');
  });
  watchFolder(commonDir, (name) => {
    if (name !== 'brakeline') return;
    watchLedger();
    settle('ledger');
  });
  return {
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
