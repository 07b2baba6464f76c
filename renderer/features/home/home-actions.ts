/** What Home begins: documents from templates, from files and from nothing, and a first run. */
import type { Template } from '../../../core/protocol/documents.ts';
import { withCpuHelp } from '../../state/cpu-help.ts';
import type { HostPort } from '../../state/host-port.ts';
import { navigate } from '../../state/navigation.ts';
import { announce, showFault } from '../../state/toasts.ts';
import { openDocument, openTemplate } from '../../state/workspace-files.ts';

/** Opens the template as a document, trains it, and shows the run. */
export async function trainNow(host: HostPort, template: Template): Promise<void> {
  openTemplate(template);
  announce(`${template.title} starts to train`);
  try {
    const { text, baseDir } = template;
    const run = await withCpuHelp((consent) => host.call('runs.start', { text, baseDir, ...consent }));
    if (run) navigate('train', { run: run.id });
  } catch (fault) {
    showFault('Training could not start', fault);
  }
}

export function openInDesign(template: Pick<Template, 'text' | 'baseDir'>): void {
  openTemplate(template);
  navigate('design');
}

export async function openFile(path: string): Promise<void> {
  if (await openDocument(path)) navigate('design');
}

/** The least that can be written on: one dense layer that is to be made into something. */
const emptyDocument = `// A new model. Every field is explained where it stands: hover over it, or press F1 for the reference.
{
  "lathe": 1,
  "name": "Untitled",
  "data": { "source": "builtin:glyphs", "batchSize": 64 },
  "task": { "type": "classifier" },
  "networks": {
    "classifier": {
      "inputs": { "x": "image" },
      "layers": [
        { "type": "flatten" },
        { "type": "dense", "units": 10 },
      ],
    },
  },
  "training": {
    "steps": 1000,
    "seed": 1,
    "optimizer": { "type": "adam", "learningRate": 0.001 },
  },
}
`;

/** Starts a document from nearly nothing. */
export async function newDocument(host: HostPort): Promise<void> {
  try {
    openInDesign({ text: emptyDocument, baseDir: (await host.call('app.info', {})).home });
  } catch (fault) {
    showFault('A new document could not be made', fault);
  }
}
