import type { ModuleRecord } from '../model/file-scan.ts';
import { scanGo } from './scan-go.ts';
import { scanJava } from './scan-java.ts';
import { scanPython } from './scan-python.ts';
import { scanRust } from './scan-rust.ts';

/** Who reads the imports of a file, by its extension with the dot. Each takes the whole text and never throws. */
export const CODE_MODULES: Readonly<Record<string, (text: string) => ModuleRecord>> = {
  '.py': scanPython,
  '.pyi': scanPython,
  '.go': scanGo,
  '.java': scanJava,
  '.kt': scanJava,
  '.kts': scanJava,
  '.groovy': scanJava,
  '.scala': scanJava,
  '.rs': scanRust,
};
