/** Feature matrices: the form in which samples reach the metrics, one row a sample, with the checks every metric shares. */

/** Row-major features: `data[row * columns + column]`. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array | Float32Array;
}

/** A matrix from rows of equal length, for small sets and for centres of a mixture. */
export function matrixOfRows(rows: readonly (readonly number[])[]): FeatureMatrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new RangeError(`row ${i} has ${row.length} values, expected ${columns} as in row 0`);
    }
    data.set(row, i * columns);
  });
  return { rows: rows.length, columns, data };
}

/** The matrix whose rows are `matrix`'s rows at `indices`, in that order; an index may occur more than once. */
export function selectRows(matrix: FeatureMatrix, indices: ArrayLike<number>): FeatureMatrix {
  const { columns } = matrix;
  const data = new Float64Array(indices.length * columns);
  for (let i = 0; i < indices.length; i++) {
    data.set(matrix.data.subarray(indices[i] * columns, (indices[i] + 1) * columns), i * columns);
  }
  return { rows: indices.length, columns, data };
}

/**
 * The values as float64, checked: a metric over a NaN would be NaN without saying why.
 * @param name what the rows are, for the message; @param atLeast fewest rows the metric is defined for.
 * @throws RangeError naming the first fault: size, too few rows, or a value that is not finite.
 */
export function checkedValues(matrix: FeatureMatrix, name: string, atLeast = 1): Float64Array {
  const { rows, columns, data } = matrix;
  if (columns < 1 || data.length !== rows * columns) {
    throw new RangeError(
      `${name}: ${rows} rows of ${columns} features need ${rows * columns} values, found ${data.length}`,
    );
  }
  if (rows < atLeast) throw new RangeError(`${name}: at least ${atLeast} rows are needed, found ${rows}`);
  const values = data instanceof Float64Array ? data : Float64Array.from(data);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      const place = `row ${Math.floor(i / columns)}, feature ${i % columns}`;
      throw new RangeError(`${name}: ${place} is ${values[i]}; features must be finite numbers`);
    }
  }
  return values;
}

/** Refuses two sets whose features differ in number. @throws RangeError. */
export function checkSameColumns(a: FeatureMatrix, b: FeatureMatrix, nameA: string, nameB: string): void {
  if (a.columns !== b.columns) {
    throw new RangeError(
      `${nameA} have ${a.columns} features and ${nameB} ${b.columns}; both must come from one extractor`,
    );
  }
}
