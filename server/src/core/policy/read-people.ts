import type { Person } from '../model/policy.ts';
import { clip } from './clip.ts';
import type { FieldReader } from './field-reader.ts';
import type { Located } from './yaml-reader.ts';

/** As `ssh-keygen -l` prints it. */
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** Two people may not share an id, a principal or a key: a second person could otherwise be the first again. */
export function readPeople(value: Located | undefined, reader: FieldReader): readonly Person[] {
  const taken = new Map<string, string>();
  return reader.list(value, 'people').flatMap((item) => {
    const fields = reader.map(item, 'an entry of people', ['id', 'roles', 'principals', 'hardware']);
    if (fields === undefined) return [];
    const id = reader.text(reader.required(fields.get('id')?.value, 'id', item), 'id');
    const principals = reader.texts(fields.get('principals')?.value, 'principals');
    const roles = reader.texts(fields.get('roles')?.value, 'roles');
    const hardware = readHardware(fields.get('hardware')?.value, reader);
    if (id === undefined) return [];
    for (const name of new Set([...[id, ...principals].map((one) => one.toLowerCase()), ...hardware])) {
      const owner = taken.get(name);
      if (owner !== undefined)
        reader.errors.push({
          line: item.line,
          message: `people: expected a name of one person alone, found ${JSON.stringify(clip(name))} of ${owner} again`,
        });
      taken.set(name, id);
    }
    return [{ id, roles, principals, ...(hardware.length === 0 ? {} : { hardware }) }];
  });
}

function readHardware(value: Located | undefined, reader: FieldReader): readonly string[] {
  return reader.list(value, 'hardware').flatMap((item) => {
    const fingerprint = reader.text(item, 'an entry of hardware');
    if (fingerprint === undefined || FINGERPRINT.test(fingerprint)) return fingerprint ?? [];
    reader.errors.push({
      line: item.line,
      message: `an entry of hardware: expected the fingerprint of a key, SHA256: and 43 characters, found ${JSON.stringify(clip(fingerprint))}`,
    });
    return [];
  });
}
