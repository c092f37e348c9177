/** The 97.5 % point of the normal distribution: the half-width of a 95 % interval in standard errors. */
const z95 = 1.959963984540054;

/**
 * The 95 % interval of a share `right` / `count` (Wilson, 1927): with z = 1.96 and p the share,
 * (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n).
 */
export function wilsonInterval(right: number, count: number): [low: number, high: number] {
  const share = right / count;
  const squared = z95 ** 2 / count;
  const centre = (share + squared / 2) / (1 + squared);
  const half = z95 * Math.sqrt(share * (1 - share) / count + squared / (4 * count)) / (1 + squared);
  // At the ends the formula gives 0 and 1, but for rounding.
  return [right === 0 ? 0 : centre - half, right === count ? 1 : centre + half];
}
