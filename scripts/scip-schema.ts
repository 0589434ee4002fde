import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  type DescriptorProto,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor/index.js';

/** The published schema, byte for byte as release v0.7.1 of github.com/sourcegraph/scip has it. */
const SCHEMA = 'scripts/scip.proto';
const FOLDER = 'server/src/core/reach/scip/generated';

/**
 * The reader of SCIP indexes, as `protoc-gen-es` writes it. The plugin is asked as `protoc` would ask it; what `protoc` would
 * parse, protobufjs does, so that nothing has to be installed beside the packages.
 */
export function scipReader(): ReadonlyMap<string, string> {
  const { root } = protobuf.parse(readFileSync(SCHEMA, 'utf8'), { keepCase: true });
  root.resolveAll();
  const set = (root as unknown as Describable).toDescriptor('proto3');
  const encoded = set.$type.encode(set).finish();
  const { file } = fromBinary(FileDescriptorSetSchema, encoded);
  for (const one of file) for (const message of one.messageType) qualify(message, root.lookupType(`${one.package}.${message.name}`));
  const request = create(CodeGeneratorRequestSchema, {
    fileToGenerate: ['scip.proto'],
    parameter: 'target=js+dts,js_import_style=module',
    protoFile: file,
  });
  const plugin = createRequire(`${process.cwd()}/package.json`).resolve('@bufbuild/protoc-gen-es/package.json');
  const answer = spawnSync(process.execPath, [plugin.replace(/package\.json$/, 'bin/protoc-gen-es')], {
    input: toBinary(CodeGeneratorRequestSchema, request),
    maxBuffer: 16 * 1024 * 1024,
  });
  if (answer.status !== 0) throw new Error(`expected protoc-gen-es to answer, found ${answer.stderr.toString('utf8').trim()}`);
  const response = fromBinary(CodeGeneratorResponseSchema, answer.stdout);
  if (response.error !== '') throw new Error(`expected protoc-gen-es to read ${SCHEMA}, found ${response.error}`);
  return new Map(response.file.map(({ name, content }) => [`${FOLDER}/${name}`, content]));
}

/** protobufjs names types as seen from where they are used; a plugin is given full names, as `protoc` writes them. */
function qualify(message: DescriptorProto, type: protobuf.Type): void {
  for (const field of message.field) {
    const used = type.fields[field.name]?.resolvedType;
    if (used) field.typeName = used.fullName;
    if (field.jsonName === '') field.jsonName = field.name;
  }
  for (const nested of message.nestedType) qualify(nested, type.lookupType(nested.name));
}

/** What `protobufjs/ext/descriptor` adds to a root. */
interface Describable {
  toDescriptor(syntax: string): { readonly $type: { encode(value: object): { finish(): Uint8Array } } };
}
