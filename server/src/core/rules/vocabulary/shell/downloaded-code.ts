import type { Call, SourceFacts } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { keepOfText } from '../code/kept.ts';

/** A call that runs what its own function has downloaded. */
export interface DownloadedCode {
  readonly call: Call;
  /** 1-based line of the download. */
  readonly from: number;
}

/**
 * Calls that run what the lines above them, in the same function, fetched from the network: evaluated as text, imported as a
 * module, or started as the file it was saved to. A checksum or a signature between the two makes it another thing. `text` is
 * the file's own, because what flows where stands in no fact. `calls` are those of the file that are asked about: all of them, or a few
 * that were added.
 */
export function downloadedCode(facts: SourceFacts | undefined, text: string, calls = facts?.calls ?? []): readonly DownloadedCode[] {
  if (facts === undefined) return [];
  if (calls !== facts.calls) return findDownloaded(facts, text, calls);
  const known = kept.get(facts) ?? findDownloaded(facts, text, calls);
  kept.set(facts, known);
  return known;
}

/** True where a line fetches something from the network. */
export function fetches(line: string): boolean {
  return FETCHES.test(line);
}

/** Of all calls: asked for each hunk; the text is the file's own, so its facts stand for both. */
const kept = new WeakMap<SourceFacts, readonly DownloadedCode[]>();

/** Lines above a call that are looked at. A function is shorter; a module may have any number of calls and of lines above each. */
const MOST_LINES = 400;

function findDownloaded(facts: SourceFacts, text: string, calls: readonly Call[]): readonly DownloadedCode[] {
  const running = calls.flatMap((call) => {
    const how = call.kind === 'decorator' || call.kind === 'assertion' ? undefined : howItRuns(call.callee);
    return how === undefined ? [] : [{ call, how }];
  });
  const starts = new Map<string, number>();
  if (running.length > 0) for (const { name, startLine } of facts.scopes) if (!starts.has(name)) starts.set(name, startLine - 1);
  const firstOf = (call: Call): number => Math.max(starts.get(call.scope) ?? 0, call.range.end.line - MOST_LINES);
  // The text is taken apart only where some token above a call could be a download's.
  const maySayFetch = (call: Call): boolean =>
    facts.tokens.length === 0 || tokensOn(facts, firstOf(call) + 1, call.range.end.line).some((token) => FETCH_WORD.test(token.text));
  if (!running.some(({ call }) => maySayFetch(call))) return [];
  const texts = text.split('\n');
  const known = new Map<number, Line>();
  const line = (at: number): Line => {
    const found = known.get(at) ?? lineOf(texts[at] ?? '');
    known.set(at, found);
    return found;
  };
  return running.flatMap(({ call, how }) => {
    const first = firstOf(call);
    const end = Math.min(texts.length, call.range.end.line);
    const above = Array.from({ length: Math.max(0, end - first) }, (_, at) => line(first + at));
    const fetch = above.findIndex((line) => line.fetches());
    if (fetch < 0 || above.slice(fetch).some((line) => line.checks())) return [];
    const { fetched, saved } = flow(above.slice(fetch));
    const names = namesIn(`${call.callee} ${call.args.join(' ')}`);
    const direct = FETCHES.test(call.args.join(' '));
    const runs = names.some((name) => saved.has(name) || (how === 'evaluates' && fetched.has(name))) || (direct && how === 'evaluates');
    return runs ? [{ call, from: first + fetch + 1 }] : [];
  });
}

const FETCHES =
  /\b(requests\.get|httpx\.(get|stream)|urlopen|urlretrieve|urllib3?\.request|session\.get|aiohttp|axios(\.get)?|got(\.get)?|ky\.get|superagent\.get|undici\.request|node-fetch|fetch|https?\.(get|Get)|download\w*|reqwest::(blocking::)?get|ureq::get|HttpClient|getForObject|openStream|openConnection|BodyHandlers)\s*[(.<]|\b[cC]lient\.(get|Get|send)\(["'`]https?:/;
/** A token that every download has one of. */
const FETCH_WORD =
  /^(?:get|Get|send|stream|urlopen|urlretrieve|request|aiohttp|axios|got|fetch|download\w*|HttpClient|getForObject|openStream|openConnection|BodyHandlers)$/;
const CHECKS =
  /\b(sha\d+|sha_?256|sha_?512|md5|digest\w*|hexdigest|checksum\w*|verify\w*|signature|hmac|timingSafeEqual|compare_digest|gpg|cosign|minisign|ed25519)\b/i;
const SAVES =
  /\b(write|write_text|write_bytes|writeFile|writeFileSync|WriteFile|Copy|copyfileobj|copy|write_all|createWriteStream|pipeline|pipe|urlretrieve|download_file|transferTo|newBufferedWriter|ofFile)\b\s*\(/;
const OPENS =
  /\b(open|Create|CreateTemp|OpenFile|createWriteStream|File::create|NamedTemporaryFile|FileOutputStream|newOutputStream|spec_from_file_location|module_from_spec|join|resolve)\b\s*\(/;
/** Modules and words that say nothing of where a value goes. */
const NOTHING = new Set(
  'os fs io json sys re self this err error e nil null None true false True False const let var if with as await async return new String str bytes open Path pathlib tempfile importlib util importlib_util subprocess shutil requests httpx urllib request http https exec vm ioutil fmt log logger console url URL URI Path Files Paths tmp dir timeout mode utf8 utf encoding def fn func and or not for in of from import spec_from_file_location wb w std'.split(
    ' ',
  ),
);

const howItRuns = keepOfText((callee): 'evaluates' | 'starts' | undefined => {
  const name = lastName(callee);
  if (
    /^(exec|eval|__import__|import|require|Function|vm\.Script|AsyncFunction)$/.test(callee) ||
    /^(exec_module|import_module|run_path|load_source|load_module|execfile|runInNewContext|runInThisContext|runInContext|compileFunction|_compile|RunString|RunScript|evaluate|defineClass|loadClass|dlopen|CDLL|LoadLibrary|eval_file|loadstring)$/.test(
      name,
    ) ||
    /^(plugin\.Open|importlib\.reload|libloading::Library::new|Library::new|System\.load|scriptEngine\.eval|engine\.eval|WebAssembly\.instantiate|URLClassLoader|wasmer::Module::new)$/.test(
      callee,
    )
  )
    return 'evaluates';
  return /^(exec|execSync|execFile|execFileSync|spawn|spawnSync|fork|execa|run|call|check_call|check_output|Popen|system|Command|CommandContext|ProcessBuilder|startfile|execv|Command::new)$/.test(
    name,
  ) || /Command::new$/.test(callee)
    ? 'starts'
    : undefined;
});

/** Names that hold what was fetched, and names of files that it was saved to, from the line of the download on. */
function flow(lines: readonly Line[]): { readonly fetched: ReadonlySet<string>; readonly saved: ReadonlySet<string> } {
  const fetched = new Set<string>();
  const saved = new Set<string>();
  for (let pass = 0; pass < 3; pass += 1)
    for (const line of lines) {
      const { left, given, all, saves, opens } = line.words();
      const isFetched = line.fetches() || given.some((name) => fetched.has(name));
      if (isFetched) for (const name of left) fetched.add(name);
      if (saves && (isFetched || all.some((name) => fetched.has(name)))) for (const name of all) if (!fetched.has(name)) saved.add(name);
      // The handle and the path it was opened with are one file.
      if (all.some((name) => saved.has(name)) && !isFetched) for (const name of opens ? all : left) saved.add(name);
    }
  return { fetched, saved };
}

/** A line of the file, and what is asked about it: each once, however many calls it stands above. */
interface Line {
  fetches(): boolean;
  checks(): boolean;
  words(): {
    readonly left: readonly string[];
    readonly given: readonly string[];
    readonly all: readonly string[];
    readonly saves: boolean;
    readonly opens: boolean;
  };
}

function lineOf(text: string): Line {
  return {
    fetches: once(() => FETCHES.test(text)),
    checks: once(() => CHECKS.test(text)),
    words: once(() => {
      const [left, right] = halves(text);
      return { left: namesIn(left), given: namesIn(right), all: namesIn(text), saves: SAVES.test(text), opens: OPENS.test(text) };
    }),
  };
}

function once<T>(workOut: () => T): () => T {
  let known: { readonly made: T } | undefined;
  return () => {
    known ??= { made: workOut() };
    return known.made;
  };
}

/** What a line gives a value to, and what it makes it of: `with open(path) as f` gives one to `f`. */
function halves(line: string): readonly [left: string, right: string] {
  const as = /\bas\s+([A-Za-z_]\w*)\s*:\s*$/.exec(line)?.[1];
  if (as !== undefined) return [as, line];
  const at = line.search(/:?=(?![=>])/);
  return at < 0 || /[(<>!]/.test(line.slice(0, at).replace(/<[^<>]*>/g, '')) ? ['', line] : [line.slice(0, at), line.slice(at + 1)];
}

function namesIn(text: string): readonly string[] {
  const bare = text
    .replace(/(["'`])[^"'`]*\1/g, '')
    .replace(/\bpath\.(posix\.)?(join|resolve|dirname|basename|extname)\b/g, '')
    // What is called is no value.
    .replace(/(?<![\w$])[\w$]+\(/g, '(');
  return [...bare.matchAll(/(?<![.\w$])[A-Za-z_$][\w$]*/g)]
    .map((match) => match[0])
    .filter((name) => name === 'f' || (name.length > 1 && !NOTHING.has(name)));
}
