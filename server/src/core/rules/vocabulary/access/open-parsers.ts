import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { mayMention } from '../code/mentions.ts';
import { changedOptions } from '../code/option-changes.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { isExtracted } from '../code/scope-changes.ts';

/** A reader of XML that follows the entities of what it reads: a document then names files and servers that are read for it. */
export interface OpenParser {
  readonly side: 'before' | 'after';
  readonly range: Range;
  /** What kept them out, as written. */
  readonly lost: string;
}

/** Features of Java's factories, options of lxml and libxml, and `defusedxml` that became the library it stands in front of. */
export function* openParsers(input: RuleInput): Iterable<OpenParser> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const call of input.removed.calls) {
    if (told.has(call.scope) || !closes(call) || isExtracted(input, call)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined) continue;
    const parts = workScopes(after, scope);
    const now = after.calls.filter((other) => isIn(parts, other.scope));
    if (!now.some(readsXml) || now.some((other) => closes(other) || /\b(?:defused|safe|secure|hardened)/i.test(other.callee))) continue;
    told.add(call.scope);
    yield { side: 'before', range: call.range, lost: shorten(closing(call), 40) };
  }
  for (const { before: old, after: now } of changedOptions(input))
    if (
      /^(?:noent|resolveEntities|resolve_entities|expandEntities)$/.test(now.name) &&
      /^true$/i.test(now.value) &&
      /^false$/i.test(old.value)
    ) {
      // An option of a Python call is part of the call that was told above.
      if (!told.has(old.scope)) yield { side: 'after', range: now.range, lost: `${old.name}: ${old.value}` };
    }
  yield* undefused(input, before, after);
}

const KEEPS_OUT =
  /disallow-doctype-decl|external-general-entities|external-parameter-entities|load-external-dtd|\bSUPPORT_DTD|IS_SUPPORTING_EXTERNAL_ENTITIES|ACCESS_EXTERNAL_(?:DTD|SCHEMA|STYLESHEET)|FEATURE_SECURE_PROCESSING|isSupportingExternalEntities|supportDTD|accessExternalDTD/;
const BY_TRUE = /disallow-doctype-decl|FEATURE_SECURE_PROCESSING/;

function closes({ callee, args, kind }: Call): boolean {
  if (kind === 'decorator') return false;
  if (/^(?:XMLParser|XMLPullParser|iterparse)$/.test(lastName(callee)))
    return args.some((argument) => /^resolve_entities\s*=\s*False$/.test(argument));
  const [feature = '', value = ''] = args;
  if (!/^(?:setFeature|setProperty|setAttribute)$/.test(lastName(callee)) || !KEEPS_OUT.test(feature)) return false;
  return BY_TRUE.test(feature) ? value === 'true' : /^(?:false|Boolean\.FALSE|''|"")$/.test(value);
}

function closing({ callee, args }: Call): string {
  const feature = KEEPS_OUT.exec(args[0] ?? '')?.[0];
  return feature ?? `${lastName(callee)}(resolve_entities=False)`;
}

function readsXml({ callee }: Call): boolean {
  return (
    /(?:DocumentBuilderFactory|SAXParserFactory|XMLInputFactory|TransformerFactory|SchemaFactory|XMLReaderFactory)\.\w+$|^(?:SAXReader|SAXBuilder)$/.test(
      callee,
    ) ||
    /^(?:newDocumentBuilder|newSAXParser|createXMLStreamReader|createXMLEventReader|XMLParser)$/.test(lastName(callee)) ||
    /^(?:lxml\.)?etree\.(?:fromstring|parse|XML|iterparse)$/.test(callee)
  );
}

/** `from defusedxml import ElementTree` that became `from xml.etree import ElementTree` in a file that still parses. */
function* undefused(input: RuleInput, before: SourceFacts, after: SourceFacts): Iterable<OpenParser> {
  if (before.language !== 'python' || !mayMention(before, 'defusedxml') || mayMention(after, 'defusedxml')) return;
  const { hunk } = input;
  const was = tokensOn(before, hunk.before.start, hunk.before.start + hunk.before.lines - 1).find(({ text }) => text === 'defusedxml');
  if (was === undefined || !/\b(?:from|import)\s+(?:xml|lxml)\b/.test(after.text ?? '')) return;
  const parses = after.calls.some(({ callee }) =>
    /^(?:fromstring|fromstringlist|parse|iterparse|XML|parseString|make_parser|XMLParser)$/.test(lastName(callee)),
  );
  if (parses) yield { side: 'before', range: rangeOfLine(input, 'before', was.line), lost: 'defusedxml' };
}
