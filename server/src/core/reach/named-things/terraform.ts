import { DOCUMENTS, type Mention, type ThingKind } from './thing-kind.ts';

const HCL = /\.(tf|tofu|tfvars|hcl)$|\.tf\.json$|\.tfvars\.json$/;

/**
 * An address of Terraform: the block that declares it, whoever refers to it in the folder (a module is a folder), the modules that
 * give a variable or read an output, and commands that name it (`-target=…`, `terraform import …`).
 */
export const terraform: ThingKind = {
  forms: ({ name }) => [name.split('.').at(-1)?.replace(/\[.*/s, '') ?? name],
  extensions: ['.tf', '.tofu', '.tfvars', '.hcl', '.sh', '.bash', '.py', '.md', 'Makefile', ...DOCUMENTS],
  judge(mention, thing) {
    const { path, before } = mention;
    const parts = thing.name.replace(/\[[^[\]]*\]/g, '').split('.');
    const own = parts.at(-1) ?? '';
    const type = parts.at(-2) ?? '';
    const isHere = thing.within === undefined || folderOf(path) === thing.within;
    if (declares(mention, parts)) return isHere ? 'definition' : undefined;
    const written = new RegExp(`(^|[^\\w-])${quoted(type)}\\.$`);
    if (!HCL.test(path)) return written.test(before) || path.endsWith('.json') ? 'use' : undefined;
    switch (type) {
      case 'var':
        // A caller gives it as an argument of a module block, or in a file of values.
        return (isHere && /\bvar\.$/.test(before)) || (/^\s*"?$/.test(before) && /^"?\s*[=:]/.test(mention.after)) ? 'use' : undefined;
      case 'output':
        return /\bmodule\.[\w-]+(\[[^\]]*\])?\.$|\boutputs\.$|\boutputs\["$|dependency\.[\w-]+\.outputs\.$/.test(before)
          ? 'use'
          : undefined;
      default:
        return isHere && written.test(before) && own !== '' ? 'use' : undefined;
    }
  },
};

/** `resource "aws_db_instance" "main"`, `variable "region"`, `region = …` inside `locals`. */
function declares({ before, after }: Mention, parts: readonly string[]): boolean {
  const type = parts.at(-2) ?? '';
  const word = ({ var: 'variable', output: 'output', module: 'module' } as Readonly<Record<string, string>>)[type];
  if (word !== undefined) return new RegExp(`^\\s*${word}\\s+"$`).test(before);
  if (type === 'local') return /^\s*$/.test(before) && /^\s*=[^=]/.test(after);
  return new RegExp(`^\\s*${parts[0] === 'data' ? 'data' : 'resource'}\\s+"${quoted(type)}"\\s+"$`).test(before);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function quoted(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}
