/** A line of a few pixels as the path of an SVG. */

const room = 2;

/** Values over steps fitted to the box; a level line runs through its middle, values that are not finite break it. */
export function sparkPath(steps: ArrayLike<number>, values: ArrayLike<number>, width: number, height: number): string {
  const finite = Array.from(values).filter(Number.isFinite);
  if (finite.length === 0) return '';
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const [first, last] = [steps[0]!, steps[steps.length - 1]!];
  const toX = (step: number): number =>
    last > first ? room + ((step - first) / (last - first)) * (width - 2 * room) : width / 2;
  const toY = (value: number): number =>
    high > low ? height - room - ((value - low) / (high - low)) * (height - 2 * room) : height / 2;
  let path = '';
  let isDrawing = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) path += `${isDrawing ? 'L' : 'M'}${toX(steps[i]!).toFixed(1)} ${toY(value).toFixed(1)}`;
    isDrawing = Number.isFinite(value);
  }
  // A single point has no length: a short stroke stands for it.
  return finite.length === 1 ? `${path}h1` : path;
}
