/** Which curve stands for a run. */

/** `loss` where there is one, else the first whose name ends so, else the first. */
export function mainMetric(keys: readonly string[]): string | undefined {
  const own = keys.filter((key) => !key.includes('.') && !key.startsWith('learningRate'));
  return own.find((key) => key === 'loss') ?? own.find((key) => /loss$/i.test(key)) ?? own[0];
}
