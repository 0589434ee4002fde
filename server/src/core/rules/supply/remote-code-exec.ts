import type { Command, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName } from '../vocabulary/code/call-names.ts';
import { rangeOfLine } from '../vocabulary/code/code-text.ts';
import { downloadedCode, fetches } from '../vocabulary/shell/downloaded-code.ts';
import { appliedAddress, downloadsInTexts, importedAddress, PIPED } from '../vocabulary/supply/downloads-in-texts.ts';

/**
 * ## What it sees
 * A download that is run: piped into a shell or an interpreter, given to one as `<(curl …)` or `$(curl …)`, or saved, made
 * executable and started; a checksum or a signature of a download that is no longer compared; and a program that fetches a module or a text and imports, evaluates or starts it;
 * an address without a version that deno, bun, npx, uvx or pipx is told to run or a program imports; a manifest that `kubectl apply` takes
 * from a branch; and the same pipe in the first start of a machine or in PowerShell.
 *
 * ## Why it matters
 * Whoever answers at that address, or on the way to it, runs code in the build with all of its secrets.
 *
 * ## When it is fine
 * A checksum or a signature is verified before the download is run.
 *
 * ## What it misses
 * Downloads that another script or another function runs, and package managers with scripts of their own.
 */
export default defineRule({
  id: 'supply/remote-code-exec',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Runs what it downloads',
  reads: ['commands', 'calls', 'tokens', 'settings'],
  evidence: [
    { title: 'hadolint DL4006', url: 'https://github.com/hadolint/hadolint/wiki/DL4006' },
    { title: 'Shai-Hulud npm worm, 2025', url: 'https://technicaldepth.dev/disasters/shai-hulud-npm-worm-2025' },
  ],
  *check(input) {
    const { added, after } = input;
    for (const command of added.commands) {
      const what = runsDownload(command) ?? runsAddress(command) ?? (ranBefore(input, command) ? undefined : runsSaved(command, after));
      if (what !== undefined) yield { side: 'after', range: command.range, message: fitMessage(what) };
      const applied = appliedAddress(command);
      if (applied !== undefined) yield { side: 'after', range: command.range, severity: 'high', message: fitMessage(applied) };
    }
    yield* downloadsInTexts(input);
    for (const call of added.calls) {
      const imported = importedAddress(call);
      if (imported !== undefined) yield { side: 'after', range: call.range, severity: 'high', message: fitMessage(imported) };
      const text = call.args.join(' ');
      if (
        !STARTS.test(lastName(call.callee)) ||
        !PIPED.test(text) ||
        added.commands.some((command) => command.range.start.line >= call.range.start.line && command.range.end.line <= call.range.end.line)
      )
        continue;
      yield { side: 'after', range: call.range, message: fitMessage(`${quote(call.callee, 30)} pipes a download into a shell`) };
    }
    yield* runsFetched(input);
    yield* lostChecks(input);
  },
});

/** A program that fetches code and runs it, told where it is run, and where a new download feeds what was run before. */
function* runsFetched(input: RuleInput): Iterable<FindingDraft> {
  const textOf = (side: 'before' | 'after'): string => {
    const known = input[side]?.text;
    if (known !== undefined) return known;
    const content = input.trees[side].read(input.path);
    return content?.kind === 'text' ? content.text : '';
  };
  const isFetchAdded = input.hunk.added.some(fetches);
  const asked = isFetchAdded ? input.after?.calls : input.added.calls;
  const found = downloadedCode(input.after, textOf('after'), asked);
  const before = found.length === 0 ? [] : downloadedCode(input.before, textOf('before'));
  const { start, lines } = input.hunk.after;
  for (const { call, from } of found) {
    if (before.some((old) => old.call.callee === call.callee && old.call.args.join() === call.args.join())) continue;
    const isIn = (line: number): boolean => line >= start && line < start + lines;
    if (!isIn(call.range.start.line) && !isIn(from)) continue;
    const range = isIn(call.range.start.line) ? call.range : rangeOfLine(input, 'after', from);
    yield { side: 'after', range, message: fitMessage(`${quote(call.callee, 30)} runs what line ${from} downloads`) };
  }
}

/** `exec('curl … | sh')` in any language. */
const STARTS = /^(exec|execSync|spawn|spawnSync|execa|execaCommand|run|check_call|check_output|call|Popen|system|Command|shell|sh)$/;

const INTERPRETER = /^((ba|z|da|k|fi)?sh|python[\d.]*|node|perl|ruby|php|pwsh|powershell|deno|bun|source|\.|eval|iex)$/;
const DOWNLOADER = /^(curl|wget|fetch|aria2c|http|https|iwr|irm)$/;
const DOWNLOADS = /[<$]\(\s*(curl|wget|fetch)\b|`\s*(curl|wget)\b/;

function runsDownload(command: Command): string | undefined {
  if (!INTERPRETER.test(command.name)) return undefined;
  if (command.pipedFrom !== undefined && DOWNLOADER.test(command.pipedFrom)) {
    const script = command.words.slice(1).find((word) => !word.text.startsWith('-'));
    // `curl … | python script.py` gives data to a script that is already here.
    if (script !== undefined && /\.(py|js|mjs|ts|rb|pl|php|sh)$/.test(script.text)) return undefined;
    if (/^(python|node|perl|ruby|php)/.test(command.name) && command.words.some((word) => /^-(c|e|m|p|ne|pe|r|nle)$/.test(word.text)))
      return undefined;
    return `pipes a download into ${quote(command.name)}`;
  }
  const word = command.words.slice(1).find((candidate) => DOWNLOADS.test(candidate.source));
  return word === undefined ? undefined : `${quote(command.name)} runs a download: ${quote(word.source, 40)}`;
}

/** `deno run https://…`, `npx https://…`, `go run example.org/tool@main` from an address that may answer otherwise tomorrow. */
function runsAddress(command: Command): string | undefined {
  const starts = ADDRESSED.exec(command.written);
  if (starts === null || !/^(deno|bun|bunx|node|npx|pnpm|yarn|uv|uvx|pipx)$/.test(command.name)) return undefined;
  const address = command.words
    .slice(1)
    .find(({ text }) => /^(git\+)?https?:\/\//.test(text) && !/\b(localhost|127\.0\.0\.1)\b/.test(text));
  // A version or a commit in the address stays what it is.
  if (address === undefined || /@v?\d+\.\d+|\/v?\d+\.\d+\.\d+\/|[@/#][0-9a-f]{40}\b/.test(address.text)) return undefined;
  const flag = command.words[command.words.indexOf(address) - 1]?.text ?? '';
  return /^--?(registry|import-map|index|index-url|config|allow-\w+|lock|proxy)$/.test(flag)
    ? undefined
    : `${quote(command.name)} runs what an address answers: ${quote(address.text, 40)}`;
}

const ADDRESSED = /^(deno (run|eval|install|serve|x)|bun (run|x)|bunx|node|npx|pnpm dlx|yarn dlx|uv (run|tool run)|uvx|pipx run)\b/;

/** `curl -o x …; chmod +x x; ./x` with no check between. */
function runsSaved(command: Command, facts: SourceFacts | undefined): string | undefined {
  const file = startedBy(command);
  if (file === '' || facts === undefined) return undefined;
  const above = facts.commands.filter((other) => other.scope === command.scope && isAbove(other, command));
  const at = above.findLastIndex((other) => DOWNLOADER.test(other.name) && savesTo(other, file));
  if (at < 0 || above.slice(at + 1).some(verifies)) return undefined;
  return `runs ${quote(file)}, which it has just downloaded`;
}

function startedBy({ name, words }: Command): string {
  return (INTERPRETER.test(name) ? words.slice(1).find(({ text }) => !text.startsWith('-')) : words[0])?.text ?? '';
}

/** The same file, of the same downloads, was run before, to do something else: `kubectl wait` that is `kubectl rollout status`. */
function ranBefore({ before, after }: RuleInput, command: Command): boolean {
  const downloads = (facts: SourceFacts | undefined): string =>
    (facts?.commands.filter(({ name }) => DOWNLOADER.test(name)) ?? []).map(({ written }) => written).join('\n');
  const file = startedBy(command);
  return (
    before?.commands.some((old) => startedBy(old) === file && runsSaved(old, before) !== undefined) === true &&
    downloads(before) === downloads(after)
  );
}

/** A checksum or a signature of a download that is no longer compared, while the download stays. */
function* lostChecks({ removed, before, after }: RuleInput): Iterable<FindingDraft> {
  if (after === undefined) return;
  for (const command of removed.commands) {
    if (!verifies(command) || !compares(command)) continue;
    // A step that went to another stage or another job has another scope there.
    const own = after.commands.filter((other) => other.scope === command.scope);
    const here = own.some(({ name }) => DOWNLOADER.test(name)) ? own : after.commands;
    const downloads = here.filter(({ name }) => DOWNLOADER.test(name));
    const wasThere = before?.commands.filter((other) => other.scope === command.scope && DOWNLOADER.test(other.name)) ?? [];
    // What stays is a download of the same kind; another check of it may have come.
    const isAdded = downloads.length === 0 && addsFrom(after) && before !== undefined && addsFrom(before);
    if (!isAdded && (downloads.length === 0 || wasThere.length === 0 || downloads.length < wasThere.length)) continue;
    const left = here.filter((other) => verifies(other) && compares(other)).length;
    const was = before?.commands.filter((other) => other.scope === command.scope && verifies(other) && compares(other)).length ?? 0;
    if (left >= was || here.some((other) => /verif|checksum|attestation/i.test(other.written) && left > 0)) continue;
    if (comparesByHand(after)) continue;
    const isRun = after.commands.some(
      (other) =>
        /^(chmod|install|tar|unzip|dpkg|rpm|apk|apt|apt-get|gunzip|xz|mv|make|pip3?|npm|cp|java)$/.test(other.name) ||
        INTERPRETER.test(other.name),
    );
    yield {
      side: 'before',
      range: command.range,
      severity: after.commands.some((other) => runsSaved(other, after) !== undefined) ? 'critical' : isRun ? 'high' : 'medium',
      message: fitMessage(`${quote(command.name, 20)} no longer checks what ${quote(downloads[0]?.name ?? 'ADD', 20)} downloads`),
    };
    return;
  }
}

/** `ADD https://…` of an image downloads as well. */
function addsFrom({ settings }: SourceFacts): boolean {
  return settings.some(({ path, value }) => path.at(-1) === 'ADD' && /\bhttps?:\/\//.test(String(value)));
}

/** `given=$(sha256sum file | cut …)` and a test that stops where it is not the one that was published. */
function comparesByHand({ commands, settings }: SourceFacts): boolean {
  const sums = settings.flatMap(({ path, value }) =>
    typeof value === 'string' && /\b(?:sha\d+|b2)sum\b|\bshasum\b/.test(value) ? path : [],
  );
  return commands.some(
    ({ name, words }) =>
      /^(?:\[\[?|test)$/.test(name) &&
      words.some(({ text }) => /^(?:==?|!=)$/.test(text)) &&
      words.some(({ expansions }) => expansions.some((expansion) => sums.includes(expansion.name))),
  );
}

/** Against a sum or a signature that was written down; without, it only prints one. */
function compares(command: Command): boolean {
  if (!/sum$/.test(command.name))
    return !/--(import|recv-keys|gen-key|export|armor|keyserver)\b|\bdgst\b(?!.*-verify)/.test(command.written);
  return command.words.some(({ text }) => /^(-[A-Zabd-z]*c|--check$|--status$|--strict$)/.test(text));
}

function isAbove(one: Command, other: Command): boolean {
  const [a, b] = [one.range.start, other.range.start];
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

function savesTo(command: Command, file: string): boolean {
  const words = command.words.map((word) => word.text);
  const bare = baseName(file);
  const named = words.some(
    (word, at) => /^(-\w*o|--output|-\w*O|--output-document|--out)$/.test(words[at - 1] ?? '') && baseName(word) === bare,
  );
  const remoteName = words.some((word) => /^-\w*O$|^--remote-name$/.test(word)) || command.name === 'wget';
  return (
    bare !== '' && (named || (remoteName && words.some((word) => word.includes('://') && baseName(word.split('?')[0] ?? '') === bare)))
  );
}

function verifies(command: Command): boolean {
  return /^((sha\d+|md5|b2)sum|shasum|gpg2?|gpgv|cosign|minisign|rhash|openssl|slsa-verifier|signify)$/.test(command.name);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
