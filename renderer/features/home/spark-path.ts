/** Which curve stands for a run, and its shape in a few pixels. */

/** `loss` where there is one, else the first whose name ends so, else the first. */
export function mainMetric(keys: readonly string[]): string | undefined {
  const own = keys.filter((key) => !key.includes('.') && !key.startsWith('learningRate'));
  return own.find((key) => key === 'loss') ?? own.find((key) => /loss$/i.test(key)) ?? own[0];
}

/** An SVG path through the values, lowest at the bottom; values that are not finite break it. */
export function sparkPath(values: ArrayLike<number>, width: number, height: number): string {
  const all = Array.from(values);
  const finite = all.filter(Number.isFinite);
  if (finite.length < 2) return '';
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const scale = high > low ? (height - 2) / (high - low) : 0;
  let isPenDown = false;
  return all
    .map((value, index) => {
      if (!Number.isFinite(value)) {
        isPenDown = false;
        return '';
      }
      const pen = isPenDown ? 'L' : 'M';
      isPenDown = true;
      const y = scale === 0 ? height / 2 : height - 1 - (value - low) * scale;
      return `${pen}${((index * width) / (all.length - 1)).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
