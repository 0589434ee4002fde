import { openRepository, type Repository, type RepositoryOptions } from './repository.ts';

/** One repository, opened once for each limit of a policy. */
export interface Repositories {
  of(maxFileBytes: number): Repository;
  saveScans(): void;
  close(): void;
}

/** The base's policy says how large a file may be, and the trees are opened with that limit: one repository for each. */
export function openBySize(dir: string, options: RepositoryOptions): Repositories {
  const opened = new Map<number, Repository>();
  return {
    of(maxFileBytes) {
      const repository = opened.get(maxFileBytes) ?? openRepository(dir, { ...options, maxFileBytes });
      opened.set(maxFileBytes, repository);
      return repository;
    },
    saveScans: () => opened.forEach((repository) => void repository.saveScans()),
    close: () => opened.forEach((repository) => void repository.close()),
  };
}
