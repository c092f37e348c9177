/** Where {@linkcode DivergenceError} happened. */
export interface DivergencePlace {
  /** Counted from 1. */
  readonly step: number;
  /** Counted from 1. */
  readonly epoch: number;
  readonly learningRate: number;
  readonly loss: number;
}

/** Training stopped because the loss is no longer a finite number; the network's weights are worth nothing then. */
export class DivergenceError extends Error {
  override name = "DivergenceError";
  readonly place: DivergencePlace;

  constructor(place: DivergencePlace) {
    super(
      `Cannot go on training: the loss must stay finite: current value is ${place.loss} at step ${place.step} ` +
        `(epoch ${place.epoch}, learning rate ${place.learningRate}). Build the network anew and lower the learning ` +
        "rate, for a start to a third; or set clipNorm.",
    );
    this.place = place;
  }
}
