/** Lets work that takes every core give way to the interface, to the host and to what else a person does meanwhile. */
import { constants, getPriority, setPriority } from 'node:os';

/**
 * Puts a process below normal. To be called before it starts threads: on Linux a thread inherits the priority of the
 * one that starts it, and those that run already keep theirs. A system that does not allow it changes nothing.
 * @param pid this process when 0
 */
export function giveWay(pid = 0): void {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  try {
    if (getPriority(pid) < PRIORITY_BELOW_NORMAL) setPriority(pid, PRIORITY_BELOW_NORMAL);
  } catch {
    // Where it is forbidden, or the process is gone, work goes on as it is.
  }
}
