/** Asks whether the CPU may compute what a device lacks, where training was refused for want of an answer. */
import { create } from 'zustand';
import type { Placement } from '../../core/protocol/placement.ts';

interface Question {
  readonly placement: Placement;
  readonly answer: (allowed: boolean) => void;
}

/** The question a person has before them. */
export const useCpuHelp = create<{ readonly question: Question | null }>()(() => ({ question: null }));

/** What is sent with a request once a person has allowed it. */
export interface CpuConsent {
  readonly mayUseCpu?: true;
}

/**
 * Makes a request that starts training; when it is refused because a part would run on the CPU, asks, and makes it again.
 * @returns its answer; undefined when the person would rather not. @throws every other fault
 */
export async function withCpuHelp<Answer>(
  request: (consent: CpuConsent) => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await request({});
  } catch (fault) {
    const placement = placementOf(fault);
    if (!placement) throw fault;
    return (await isAllowed(placement)) ? request({ mayUseCpu: true }) : undefined;
  }
}

function placementOf(fault: unknown): Placement | undefined {
  return fault instanceof Error && 'placement' in fault ? (fault.placement as Placement | undefined) : undefined;
}

/** Another question that was open is thereby answered with no: a person was busy with something else. */
function isAllowed(placement: Placement): Promise<boolean> {
  useCpuHelp.getState().question?.answer(false);
  return new Promise((resolve) => {
    const answer = (allowed: boolean): void => {
      useCpuHelp.setState({ question: null });
      resolve(allowed);
    };
    useCpuHelp.setState({ question: { placement, answer } });
  });
}
