/** Numbers of very different sizes as bars and small trend lines. */

/** The decades that positive finite values span, a little wider; `[−1, 0]` of none. */
export function logRange(values: readonly number[]): readonly [number, number] {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map((value) => Math.log10(value));
  if (logs.length === 0) return [-1, 0];
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  // At least two decades, so that equal layers have equal, not empty or full bars by chance.
  return [Math.min(low, high - 2) - 0.25, high];
}

/** How full a bar is, 0 to 1: zero and unknown are empty, infinity is full. */
export function barShare(value: number, [low, high]: readonly [number, number]): number {
  if (!(value > 0)) return 0;
  if (!Number.isFinite(value)) return 1;
  return Math.max(0.01, Math.min(1, (Math.log10(value) - low) / (high - low)));
}

/** An SVG path through the values, lowest at the bottom; gaps where a value is not finite. Long ones take every n-th. */
export function trendPath(values: readonly number[], width: number, height: number): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return '';
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const scale = high > low ? (height - 2) / (high - low) : 0;
  const step = width / (values.length - 1);
  let path = '';
  let isPenDown = false;
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) {
      isPenDown = false;
      return;
    }
    const y = scale === 0 ? height / 2 : height - 1 - (value - low) * scale;
    path += `${isPenDown ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    isPenDown = true;
  });
  return path;
}
