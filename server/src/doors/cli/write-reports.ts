import { lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../host/app-error.ts';
import { writeRegular } from '../../host/plain-place.ts';

/** Files of a folder of reports, by format. */
export const REPORT_FILES = {
  json: 'brakeline.json',
  sarif: 'brakeline.sarif',
  gitlab: 'brakeline.gitlab.json',
  github: 'brakeline.github.txt',
  markdown: 'brakeline.md',
} as const;

/**
 * Writes one verdict in every format into a folder, which is made where it is not there. In a pipeline the folder lies in a
 * checkout that a stranger filled: a link in its place, or in the place of a file, is refused. Errors: `bad-usage`.
 */
export function writeReports(folder: string, render: (format: keyof typeof REPORT_FILES) => string): void {
  mkdirSync(folder, { recursive: true });
  if (!lstatSync(folder).isDirectory()) throw new AppError('bad-usage', `expected a folder after --reports, found a link: ${folder}`);
  for (const format of Object.keys(REPORT_FILES) as (keyof typeof REPORT_FILES)[]) {
    const file = path.join(folder, REPORT_FILES[format]);
    try {
      writeRegular(file, render(format));
    } catch (cause) {
      const found = cause instanceof Error ? cause.message : String(cause);
      throw new AppError('bad-usage', `expected to write ${file}, found ${found}`, { cause });
    }
  }
}
