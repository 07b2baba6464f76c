/** The scalars of a run in training: each by its schedule, or as a person turned it. */
import type { ScalarTurn } from '../../../core/protocol/run-updates.ts';
import type { CompiledModel } from '../../../core/tasks/task.ts';
import type { WorkerMessage } from './messages.ts';
import { refusedTurn, scalarAt } from './scalars.ts';

export class TurnedScalars {
  readonly #scalars: CompiledModel['scalars'];
  readonly #send: (message: WorkerMessage) => void;
  /** Turns of the whole run, by step; those of later steps are still to come. */
  #turns: readonly ScalarTurn[];

  constructor(scalars: CompiledModel['scalars'], turns: readonly ScalarTurn[], send: (message: WorkerMessage) => void) {
    this.#scalars = scalars;
    this.#turns = byStep(turns);
    this.#send = send;
  }

  at(name: string, step: number): number {
    return scalarAt(this.#scalars, this.#turns, name, step);
  }

  /** Every scalar's value at a step. */
  allAt(step: number): readonly (readonly [name: string, value: number])[] {
    return this.#scalars.map(({ name }) => [name, this.at(name, step)]);
  }

  /** Notes what was turned by hand: it holds from this step on. */
  turn(turns: readonly Omit<ScalarTurn, 'step'>[], step: number): void {
    for (const { name, value } of turns) {
      const refused = refusedTurn(this.#scalars, name, value);
      if (refused !== undefined) {
        this.#send({ type: 'event', level: 'warning', code: 'turn-refused', message: refused });
        continue;
      }
      const turn = { step, name, value };
      this.#turns = byStep([...this.#turns, turn]);
      const message = value === null ? `${name} follows its schedule again` : `${name} set to ${value}`;
      this.#send({ type: 'event', level: 'info', code: 'turned', message, data: { ...turn } });
    }
  }

  before(step: number): readonly ScalarTurn[] {
    return this.#turns.filter((turn) => turn.step < step);
  }
}

const byStep = (turns: readonly ScalarTurn[]): readonly ScalarTurn[] => turns.toSorted((a, b) => a.step - b.step);
