import assert from "node:assert/strict";
import { trainingCurves } from "curio";
import { sampleHistory } from "./samples.ts";

Deno.test("trainingCurves() says what the kept epoch reached", () => {
  const { summary } = trainingCurves(sampleHistory(5, { best: 3 }));
  assert.equal(
    summary,
    "5 epochs in 10 s, stopped early. Weights of epoch 3: training accuracy 87.5 % and loss 0.25, " +
      "validation accuracy 90.0 % and loss 0.3.",
  );
});

Deno.test("trainingCurves() marks the best epoch in both panels", () => {
  assert.equal(trainingCurves(sampleHistory(5, { best: 3 })).svg.split("best: epoch 3").length - 1, 2);
});

Deno.test("trainingCurves() leaves validation out where there was none", () => {
  const { svg, summary } = trainingCurves(sampleHistory(2, { validated: false }));
  assert.doesNotMatch(svg + summary, /validation|best:/);
});

Deno.test("trainingCurves() draws one epoch, and fifty without a dot for each", () => {
  const dots = (count: number) => trainingCurves(sampleHistory(count)).svg.split('aria-label="dot"').length - 1;
  assert.equal(dots(1), 4);
  assert.equal(dots(50), 0);
});

Deno.test("trainingCurves() says when the loss ceased to be a number", () => {
  const history = sampleHistory(3, { validated: false });
  const diverged = { ...history, epochs: history.epochs.map((record) => ({ ...record, loss: NaN })) };
  const { svg, summary } = trainingCurves(diverged);
  assert.match(summary, /From epoch 1 on the loss is not a finite number: lower the learning rate/);
  assert.doesNotMatch(svg, /NaN/);
});

Deno.test("trainingCurves() refuses a history without epochs", () => {
  assert.throws(() => trainingCurves(sampleHistory(0)), /at least one epoch: current value is 0 epochs\. Train/);
});
