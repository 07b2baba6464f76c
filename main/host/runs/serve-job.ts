/** Keeps one model loaded and answers what a person asks of it: samples, codes, the way of a sampler, neighbours. */
import { setImmediate } from 'node:timers/promises';
import type { Samples } from '../../../core/protocol/samples.ts';
import type { LatentSpace, SampleOutput, SampleRequest, TaskSession } from '../../../core/tasks/task.ts';
import { numbersOf, sizeOf, tensor } from '../../../core/tensor/tensor.ts';
import { shuffled, shuffledOrder } from '../evaluation/shuffled.ts';
import { samplesOf } from '../images/samples-message.ts';
import { engineBuildId } from '../compute/build-id.ts';
import { failureOf, TaskFailure } from './failure.ts';
import { explain, judge } from './judging.ts';
import { loadModel, parameterCount, type LoadedModel } from './load-model.ts';
import type { Draw, HostMessage, ServeAnswers, ServeJob, ServeRequest, WorkerMessage } from './messages.ts';
import { NearestSearch } from './nearest-search.ts';
import { checkSampleOptions } from './sample-options.ts';
import { StripRecorder } from './strip-recorder.ts';
import { taskSession } from './task-session.ts';

/** Progress is told this often, in milliseconds. */
const tellEveryMs = 100;

type Send = (message: WorkerMessage) => void;
type Ask = Extract<HostMessage, { readonly type: 'request' | 'cancel' }>;

/** Answers requests one after another, in the order they came. */
export class Serving {
  readonly #send: Send;
  readonly #cancelled = new Set<number>();
  #loaded: LoadedModel | undefined;
  #queue: Promise<void> = Promise.resolve();
  #end: () => void = () => {};

  constructor(send: Send) {
    this.#send = send;
  }

  /** Loads the model, says `ready`, and serves until `stop`. @throws what loading throws */
  async run({ source }: ServeJob): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.#end = resolve));
    const startedMs = performance.now();
    const loaded = await loadModel(source, (done, total, what) => this.#send({ type: 'progress', what, done, total }));
    this.#loaded = loaded;
    const { step, model, dataset, engine } = loaded;
    const compileMs = performance.now() - startedMs;
    const parameters = parameterCount(model.registry.all);
    this.#send({
      type: 'ready',
      step,
      totalSteps: model.plan.steps,
      engineBuild: engineBuildId(source.device),
      data: dataset.info,
      parameters,
      compileMs,
    });
    await ended;
    await this.#queue;
    await engine.release();
    dataset.close();
  }

  stop(): void {
    this.#end();
  }

  receive(message: Ask): void {
    if (message.type === 'cancel') this.#cancelled.add(message.id);
    else this.#queue = this.#queue.then(() => this.#answer(message.id, message.request));
  }

  async #answer(id: number, request: ServeRequest): Promise<void> {
    try {
      if (!this.#loaded) throw new TaskFailure('not-ready', 'the model is still being loaded');
      this.#send({ type: 'answered', id, answer: await answer(this.#loaded, request, this.#workOf(id)) });
    } catch (error) {
      this.#send({ type: 'refused', id, failure: failureOf(error) });
    }
    this.#cancelled.delete(id);
  }

  #workOf(id: number): Work {
    let toldMs = -Infinity;
    const check = (): void => {
      if (this.#cancelled.has(id)) throw new TaskFailure('cancelled', 'the request was cancelled');
    };
    const tell: Work['tell'] = (what, done, total) => {
      check();
      if (performance.now() - toldMs < tellEveryMs) return;
      toldMs = performance.now();
      this.#send({ type: 'working', id, what, done, total });
    };
    return { check, tell };
  }
}

/** What a request may say while it is worked on; both throw when it was cancelled. */
interface Work {
  readonly check: () => void;
  readonly tell: (what: string, done: number, total: number) => void;
}

function answer(loaded: LoadedModel, request: ServeRequest, work: Work): Promise<ServeAnswers[keyof ServeAnswers]> {
  switch (request.kind) {
    case 'sample':
      return draw(loaded, request, work).then((outputs) => outputs.map(samplesOf));
    case 'strip':
      return strip(loaded, request, work);
    case 'nearest':
      return nearest(loaded, request, work);
    case 'decode':
      return decode(loaded, request, work);
    case 'encode':
      return encode(loaded, request, work);
    case 'judge':
      return judge(loaded, request, sessionFor(loaded, 'examples', work));
    case 'explain':
      return explain(loaded, request, sessionFor(loaded, 'saliency', work));
  }
}

/** The family's session, which looks before each program whether the request is still wanted. */
function sessionFor(loaded: LoadedModel, what: string, work: Work): TaskSession {
  const session = taskSession(loaded, (done, total) => work.tell(what, done, total));
  const run: TaskSession['run'] = async (program, args) => {
    work.check();
    return session.run(program, args);
  };
  return { ...session, run };
}

/** Draws what the model gives; @param onState hears of a sampler's states besides the progress it makes of them. */
async function draw(
  loaded: LoadedModel,
  { count, seed, options }: Draw,
  work: Work,
  onState?: SampleRequest['onState'],
): Promise<readonly SampleOutput[]> {
  checkSampleOptions(loaded.model, options);
  const heard: SampleRequest['onState'] = (state, first, done, total) => {
    work.tell('samples', first * total + done * state.shape[0], count * total);
    onState?.(state, first, done, total);
  };
  const outputs = await loaded.model.sample(sessionFor(loaded, 'samples', work), {
    count,
    seed,
    options,
    onState: heard,
  });
  return outputs.filter((output) => output.data.shape[0] > 0);
}

/** The output that was drawn freely, rather than made from an example. */
function freeOutput(outputs: readonly SampleOutput[]): SampleOutput {
  const found = outputs.find((output) => !output.reference && output.kind !== 'classScores');
  if (!found)
    throw new TaskFailure(
      'no-samples',
      'this model draws no samples of its own',
      'choose a run of a generative family',
    );
  return found;
}

async function strip(loaded: LoadedModel, request: Draw & { readonly moments: number }, work: Work): Promise<Samples> {
  const recorder = new StripRecorder(request.count, request.moments, loaded.dataset.info.shape);
  const outputs = await draw(loaded, request, work, (state, first, done, total) =>
    recorder.take(state, first, done, total),
  );
  if (!recorder.heard)
    throw new TaskFailure(
      'no-strip',
      'this model makes its samples at once, not step by step',
      'choose a run of a diffusion or flow matching model',
    );
  return recorder.samples(freeOutput(outputs));
}

async function nearest(loaded: LoadedModel, request: Draw, work: Work): Promise<ServeAnswers['nearest']> {
  const drawn = freeOutput(await draw(loaded, request, work));
  const search = new NearestSearch(drawn, loaded.dataset);
  while (search.next()) {
    work.tell('neighbours', search.done, search.total);
    // Lets a cancellation in.
    await setImmediate();
  }
  return { samples: samplesOf(drawn), ...search.result() };
}

function latentOf({ model }: LoadedModel): LatentSpace {
  if (model.latent) return model.latent;
  throw new TaskFailure(
    'no-codes',
    'this model has no codes',
    'choose a run of an autoencoder, a variational autoencoder or a GAN',
  );
}

async function decode(
  loaded: LoadedModel,
  request: Extract<ServeRequest, { readonly kind: 'decode' }>,
  work: Work,
): Promise<Samples> {
  const latent = latentOf(loaded);
  const { latents, count, label } = request;
  const size = sizeOf(latent.shape);
  if (latents.length !== count * size) {
    throw new TaskFailure(
      'bad-input',
      `${count} codes of ${size} numbers are ${count * size} numbers, found ${latents.length}`,
    );
  }
  const classes = loaded.dataset.info.classes.length;
  if (label >= Math.max(1, classes))
    throw new TaskFailure('bad-input', `there is no class ${label}: the data has ${classes}`);
  const labels = Array.from({ length: count }, () => Math.max(0, label));
  const codes = tensor('float32', [count, ...latent.shape], latents);
  return samplesOf(await latent.decode(sessionFor(loaded, 'samples', work), codes, labels));
}

async function encode(
  loaded: LoadedModel,
  { of, count }: Extract<ServeRequest, { readonly kind: 'encode' }>,
  work: Work,
): Promise<ServeAnswers['encode']> {
  const latent = latentOf(loaded);
  if (!latent.encode)
    throw new TaskFailure(
      'no-codes',
      'this model makes samples from codes, but no codes from samples',
      'choose a run of an autoencoder',
    );
  // Stored order may be class by class: the first thousand would then be of one class.
  const session = sessionFor({ ...loaded, dataset: shuffled(loaded.dataset) }, 'codes', work);
  const examples = session.examples(of, 0, count);
  const codes = await latent.encode(session, examples);
  const labels = loaded.dataset.info.target === 'class' && examples.y ? Int32Array.from(numbersOf(examples.y)) : null;
  const indices = Int32Array.from(shuffledOrder(of, loaded.dataset.info.counts[of]).subarray(0, codes.shape[0]));
  return { size: sizeOf(latent.shape), latents: codes.data, labels, indices };
}
