type Size = readonly [height: number, width: number];

/**
 * What each pixel of an image counts in each of the windows that cover it: window i of n along a side of s pixels goes
 * from ⌊i·s / n⌋ to ⌈(i + 1)·s / n⌉ − 1.
 *
 * @param size of the image @param windows along each side
 * @returns `[height·width, windows[0]·windows[1]]`, row by row; each column sums to 1
 */
export function averagingMatrix([height, width]: Size, windows: Size): Float32Array {
  const shares = new Float32Array(height * width * windows[0] * windows[1]);
  for (let i = 0; i < windows[0]; i++) {
    const [top, bottom] = windowOf(i, { pixels: height, windows: windows[0] });
    for (let j = 0; j < windows[1]; j++) {
      const [left, right] = windowOf(j, { pixels: width, windows: windows[1] });
      const share = 1 / ((bottom - top) * (right - left));
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          shares[(y * width + x) * windows[0] * windows[1] + i * windows[1] + j] = share;
        }
      }
    }
  }
  return shares;
}

function windowOf(index: number, { pixels, windows }: { pixels: number; windows: number }): [from: number, to: number] {
  return [Math.floor(index * pixels / windows), Math.ceil((index + 1) * pixels / windows)];
}
