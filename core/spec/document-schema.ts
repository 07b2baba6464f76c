/** The whole grammar as one schema, layers and tasks included: for editors, overrides and the reference. */
import { z } from 'zod';
import { layerTable } from '../nn/layer-table.ts';
import type { LayerDefinition } from '../nn/layer.ts';
import { taskTable } from '../tasks/task-table.ts';
import {
  blockHead,
  canvasSchema,
  dataSchema,
  descriptionSchema,
  documentNameSchema,
  documentVersion,
  layerFields,
  layerHead,
  nameSchema,
  networkHead,
  trainingSchema,
  usedBlock,
} from './schema.ts';

/** A layer of one type: the fields of all layers, then its own. */
function layerSchema(definition: LayerDefinition): z.ZodObject {
  return z
    .strictObject({
      type: z.literal(definition.type),
      ...layerFields,
      ...objectShape(definition.schema, `layer '${definition.type}'`),
    })
    .describe(definition.summary);
}

/** The fields of a schema that must be an object's. */
export function objectShape(schema: z.ZodType, owner: string): Readonly<Record<string, z.ZodType>> {
  if (schema instanceof z.ZodObject) return schema.shape as Readonly<Record<string, z.ZodType>>;
  throw new TypeError(`the schema of ${owner} must be an object`);
}

type Options = readonly [z.ZodObject, ...z.ZodObject[]];

function documentOf(): z.ZodObject {
  const layer = z.discriminatedUnion('type', [
    ...[...layerTable.values()].map(layerSchema),
    usedBlock,
  ] as unknown as Options);
  const task = z.discriminatedUnion(
    'type',
    Object.values(taskTable).map((definition) => definition.schema) as unknown as Options,
  );
  const network = networkHead.extend({ layers: z.array(layer).describe(networkHead.shape.layers.description ?? '') });
  const block = blockHead.extend({ layers: z.array(layerHead).describe(blockHead.shape.layers.description ?? '') });
  return z
    .strictObject({
      $schema: z.string().optional().describe('Where editors find the JSON Schema of documents; ignored.'),
      lathe: z.literal(documentVersion).describe('Version of the grammar.'),
      name: documentNameSchema,
      description: descriptionSchema.optional(),
      data: dataSchema,
      task: task.describe('What is trained, and how.'),
      networks: z
        .record(nameSchema, network.describe(networkHead.description ?? ''))
        .describe('The networks, by the names that the task knows them by.'),
      blocks: z
        .record(nameSchema, block.describe(blockHead.description ?? ''))
        .optional()
        .describe('Groups of layers by name.'),
      training: trainingSchema,
      canvas: canvasSchema.optional(),
    })
    .describe('A model of Lathe: its data, its task, its networks, and how they are trained.');
}

/** Every field of the document; `parseDocument` reports more, and better, than this schema does by itself. */
export const documentSchema: z.ZodObject = documentOf();

/** The grammar as JSON Schema (draft 2020-12), as an author writes documents: with defaults left out. */
export function documentJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(documentSchema, { io: 'input', unrepresentable: 'any' }) as Readonly<Record<string, unknown>>;
}
