import assert from "node:assert/strict";
import { colorOf, seriesStyle } from "curio";
import { ink, seriesColors, shade, textOn } from "../../lib/report/palette.ts";

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const value = parseInt(color.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

Deno.test("the same name among the same names has the same style, whatever is drawn with it", () => {
  const names = ["margin", "random", "badge"];
  assert.equal(colorOf("badge", names), seriesColors[1]); // the baseline takes no colour away
  assert.deepEqual(seriesStyle("random", names), seriesStyle("random", ["random"]));
});

Deno.test("no two of 21 series look alike", () => {
  const names = Array.from({ length: 21 }, (_, index) => `series ${index}`);
  const looks = names.map((name) => seriesStyle(name, names)).map(({ color, dash }) => `${color} ${dash}`);
  assert.equal(new Set(looks).size, 21);
});

Deno.test("colorOf() refuses a name that is not among the names", () => {
  assert.throws(() => colorOf("typo", ["margin"]), /one of \["margin"\]: current value is "typo"/);
});

Deno.test("letters keep the contrast that WCAG asks for, on white and on every shade", () => {
  for (const color of [ink.text, ink.muted, ink.right, ink.wrong]) {
    assert.ok(contrast(color, ink.background) >= 4.5, color);
  }
  for (let share = 0.01; share <= 1; share += 0.01) {
    for (const scale of ["right", "mistaken"] as const) {
      const ground = shade(share, scale);
      assert.ok(contrast(textOn(ground), ground) >= 4.5, `${scale} ${share}`);
    }
  }
});

Deno.test("shade() grows darker with the share and stays inside its scale", () => {
  for (const scale of ["right", "mistaken"] as const) {
    const lights = [-1, 0, 0.01, 0.1, 0.3, 0.6, 1, 2].map((share) => luminance(shade(share, scale)));
    for (let place = 1; place < lights.length; place++) assert.ok(lights[place] <= lights[place - 1]);
    assert.equal(lights[0], lights[1]);
    assert.equal(lights.at(-1), lights.at(-2));
  }
});
