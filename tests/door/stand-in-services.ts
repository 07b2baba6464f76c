/** Services that tests fill with what they need; what they do not fill refuses. */
import type { MethodName, ParsedInput } from '../../core/protocol/methods.ts';
import type { StreamItem } from '../../core/protocol/streams.ts';
import { settingsSchema } from '../../core/protocol/settings.ts';
import type { MetricPoint } from '../../core/protocol/records.ts';
import type { HostServices, MethodHandlers, RequestContext } from '../../main/door/services.ts';

type Handler = (input: never, context: RequestContext) => unknown;

export class StandInServices implements HostServices {
  readonly handlers: { [Name in MethodName]?: Handler } = {};
  readonly methods: MethodHandlers;
  /** Everything recorded of the one run there is. */
  readonly recorded: MetricPoint[] = [];
  readonly runListeners = new Set<(item: StreamItem<'run'>) => void>();
  readonly runsListeners = new Set<(item: StreamItem<'runs'>) => void>();

  constructor() {
    this.methods = new Proxy({} as MethodHandlers, {
      get: (_target, name) => {
        const handler = this.handlers[name as MethodName];
        if (handler) return handler;
        return () => {
          throw new Error(`no stand-in for ${String(name)}`);
        };
      },
    });
  }

  handle<Name extends MethodName>(
    name: Name,
    handler: (input: ParsedInput<Name>, context: RequestContext) => unknown,
  ): void {
    this.handlers[name] = handler as Handler;
  }

  readonly streams: HostServices['streams'] = {
    runs: {
      subscribe: (_input, emit) => {
        this.runsListeners.add(emit);
        return () => this.runsListeners.delete(emit);
      },
    },
    settings: {
      subscribe: (_input, emit) => {
        emit(settingsSchema.parse({}));
        return () => {};
      },
    },
    run: {
      subscribe: ({ run }, emit) => {
        if (run !== 'run1') throw Object.assign(new Error(`there is no run ${run}`), { code: 'unknown-run' });
        this.runListeners.add(emit);
        return () => this.runListeners.delete(emit);
      },
      readPoints: (_run, key, fromStep, toStep) => {
        const points = this.recorded.filter(
          (point) => point.key === key && point.step >= fromStep && point.step <= toStep,
        );
        return {
          steps: Float64Array.from(points, (point) => point.step),
          values: Float64Array.from(points, (point) => point.value),
          elapsedMs: Float64Array.from(points, (point) => point.elapsedMs),
        };
      },
      metricKeys: () => [...new Set(this.recorded.map((point) => point.key))],
    },
  };

  /** Says something about the run, after its points were recorded, as the real host does. */
  say(...items: StreamItem<'run'>): void {
    for (const item of items)
      if (item.type === 'metrics' || item.type === 'checkpoint') this.recorded.push(...item.points);
    for (const emit of this.runListeners) emit(items);
  }

  /** Measures `keys` at one step. */
  measure(step: number, ...keys: string[]): void {
    this.say({
      type: 'metrics',
      step,
      stepsPerSecond: 10,
      points: keys.map((key) => ({ key, step, value: Math.sin(step), elapsedMs: step * 2 })),
    });
  }
}
