// Loaded into a process that is measured (NODE_OPTIONS=--require): writes, as it ends, the most memory it ever held, in MB.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { peakMemoryOf } from '../machine.ts';

const place = process.env.BENCH_MEMORY_FILE;
if (isMainThread && place !== undefined) {
  // The kernel counts the memory of whoever started this process into `maxRSS`; only where there is nothing better is it asked.
  process.on('exit', () =>
    writeFileSync(`${place}.${process.pid}`, String(peakMemoryOf(process.pid) ?? process.resourceUsage().maxRSS / 1024)),
  );
}
