/** Scores of a ranking into positives and negatives, for rare classes and anomalies: ROC-AUC and average precision. */

/** Row numbers by falling score. @throws RangeError for lengths that differ or a score that is NaN. */
function byFallingScore(scores: ArrayLike<number>, positives: ArrayLike<number | boolean>): Uint32Array {
  if (scores.length !== positives.length) {
    throw new RangeError(`${scores.length} scores against ${positives.length} labels`);
  }
  for (let i = 0; i < scores.length; i++)
    if (Number.isNaN(scores[i])) throw new RangeError(`the score of row ${i} is NaN`);
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => {
    if (scores[a] === scores[b]) return 0;
    return scores[a] > scores[b] ? -1 : 1;
  });
}

/** Calls `visit` with the positives and negatives of each run of equal scores, highest score first. */
function eachTie(
  scores: ArrayLike<number>,
  positives: ArrayLike<number | boolean>,
  visit: (positive: number, negative: number) => void,
): void {
  const order = byFallingScore(scores, positives);
  for (let start = 0; start < order.length;) {
    let end = start;
    let positive = 0;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++)
      positive += positives[order[end]] ? 1 : 0;
    visit(positive, end - start - positive);
    start = end;
  }
}

/**
 * The chance that a random positive scores above a random negative, ties counting one half (Mann–Whitney U ÷ pairs).
 * @param positives 1 or true for a positive row. @returns 0 to 1, 0.5 for chance; NaN with one class only.
 */
export function rocAuc(scores: ArrayLike<number>, positives: ArrayLike<number | boolean>): number {
  let positivesAbove = 0;
  let negatives = 0;
  let wins = 0;
  eachTie(scores, positives, (positive, negative) => {
    wins += negative * (positivesAbove + positive / 2);
    positivesAbove += positive;
    negatives += negative;
  });
  return positivesAbove * negatives > 0 ? wins / (positivesAbove * negatives) : Number.NaN;
}

/**
 * Σ (Rₙ − Rₙ₋₁) Pₙ over thresholds, highest first, rows of equal score taken together (no interpolation).
 * @returns 0 to 1; chance level is the share of positives; NaN without positives.
 */
export function averagePrecision(scores: ArrayLike<number>, positives: ArrayLike<number | boolean>): number {
  let positivesAbove = 0;
  let above = 0;
  let sum = 0;
  eachTie(scores, positives, (positive, negative) => {
    positivesAbove += positive;
    above += positive + negative;
    sum += positive * (positivesAbove / above);
  });
  return positivesAbove > 0 ? sum / positivesAbove : Number.NaN;
}
