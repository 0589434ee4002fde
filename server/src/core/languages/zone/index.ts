import type { RepoPath } from '../../model/tree.ts';
import { collapse, draftFacts } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines } from '../positions.ts';
import { readTimesToLive, readZone, type ZoneRecord } from './records.ts';

/**
 * Zone files as name servers read them (RFC 1035, section 5): each name and type is a resource, each of its values and its time
 * to live a setting, and so is the time of all that give none.
 */
const language: Language = {
  id: 'zone',
  owns: (path: RepoPath) => /\.(zone|bind)$|(^|\/)db\.[\w.-]+$|(^|\/)zones?\/[\w./-]+\.(db|txt|dns)$/i.test(path),
  facts(path, text) {
    const draft = draftFacts('zone');
    const lines = indexLines(text);
    const known = new Set<string>();
    const counts = new Map<string, number>();
    for (const record of readZone(text)) {
      const key = `zone ${path} ${record.name} ${record.type}`;
      const scope = `${record.name} ${record.type}`;
      const range = lines.rangeOf(record.start, record.end);
      if (!known.has(key)) {
        known.add(key);
        draft.resources.push({ type: 'dns-record', name: scope, key, range, scope });
      }
      draft.scopes.push({ name: scope, startLine: range.start.line, endLine: range.end.line });
      const at = counts.get(key) ?? 0;
      counts.set(key, at + 1);
      const place = { resource: key, range, scope };
      draft.settings.push({ ...place, path: ['records', String(at)], value: record.value, key: `${key} records = ${record.value}` });
      if (record.ttl !== undefined && at === 0)
        draft.settings.push({ ...place, path: ['ttl'], value: record.ttl, key: `${key} ttl = ${record.ttl}` });
      draft.tokens.push({ text: collapse(asText(record)), line: range.start.line });
    }
    for (const { ttl, start, end } of readTimesToLive(text)) {
      const range = lines.rangeOf(start, end);
      const resource = `zone ${path} $TTL`;
      draft.resources.push({ type: 'dns-zone', name: '$TTL', key: resource, range, scope: '$TTL' });
      draft.settings.push({ path: ['ttl'], value: ttl, resource, range, scope: '$TTL', key: `${resource} = ${ttl}` });
      draft.tokens.push({ text: `$TTL ${ttl}`, line: range.start.line });
    }
    return draft;
  },
};

export default language;

function asText({ name, type, value, ttl }: ZoneRecord): string {
  return `${name} ${ttl ?? ''} ${type} ${value}`;
}
