/**
 * Which scanner made a scan. Whoever changes what `scanFile` says of any file gives it a new name here: packs of another scanner
 * are not read (test/scan/scan-file.test.ts).
 */
export const SCANNER = 'scanner 2';
