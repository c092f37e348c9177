import type { Dataset, ImageSource } from "../data/dataset.ts";
import { architectureOf } from "../models/architectures.ts";
import { normalizationFor } from "../models/architecture.ts";
import { cnn } from "../models/cnn.ts";
import { NetworkClassifier } from "../models/network_classifier.ts";
import type { Random } from "../runtime/random.ts";
import { committeeRecipe } from "./committee_recipe.ts";
import type { Estimator, EstimatorRecipe } from "./estimator.ts";
import { pretrainedClassifier } from "./experiment_data.ts";
import type { ModelDeclaration } from "./experiment_schema.ts";
import type { Instances } from "./instances.ts";
import { networkRecipe } from "./network_recipe.ts";

/** How to make a declared network for these images in each round. */
export function networkRecipeOf(
  model: Exclude<ModelDeclaration, { kind: "probe" }>,
  target: Dataset,
): EstimatorRecipe<ImageSource> {
  const { name, steps, batchSize, learningRate } = model;
  return networkRecipe({
    name,
    build: (random) => buildNetwork(model, { target, random }),
    fit: { steps, batchSize, learningRate },
  });
}

async function buildNetwork(
  model: Exclude<ModelDeclaration, { kind: "probe" }>,
  { target, random }: { readonly target: Dataset; readonly random: Random },
): Promise<NetworkClassifier> {
  const { classNames, images: { shape } } = target;
  const classes = classNames.length;
  if (model.kind === "cnn") {
    const { filters, denseUnits, denseDropout, batchNorm } = model;
    const network = cnn({ shape, classes, random, filters, denseUnits, denseDropout, batchNorm });
    return new NetworkClassifier({ network, classNames });
  }
  if (model.weights !== undefined) return await pretrainedClassifier(model.weights, { target, random });
  const { build, featureLayer, preprocessing } = architectureOf(model.architecture!);
  const normalization = normalizationFor(preprocessing, shape.channels);
  return new NetworkClassifier({ network: build({ shape, classes, random }), classNames, featureLayer, normalization });
}

/**
 * A model with a committee at its side: its own beliefs are what they are without, so that a strategy that asks the
 * committee is compared with others on the same model. Members learn from bootstrap samples (query by bagging: Abe and
 * Mamitsuka, 1998). Gradient steps are those of all.
 */
export function withCommittee<X extends Instances>(recipe: EstimatorRecipe<X>, members: number): EstimatorRecipe<X> {
  const committee = committeeRecipe([recipe], { members, bootstrap: true });
  return {
    name: recipe.name,
    async make(random) {
      const [model, others] = [await recipe.make(random), await committee.make(random.child("committee"))];
      const beside: Estimator<X> = {
        ...model,
        async fit(instances, labels, { random, ...options }) {
          const own = await model.fit(instances, labels, { ...options, random });
          const theirs = await others.fit(instances, labels, { ...options, random: random.child("committee") });
          return { steps: own?.steps === undefined ? undefined : own.steps + (theirs?.steps ?? 0) };
        },
        members: others.members,
        describe: () => ({ model: model.describe?.(), committee: others.describe?.() }),
        // What the members have learnt is not saved with the model: runs with a committee train from scratch.
        save: undefined,
        restore: undefined,
        shrinkAndPerturb: undefined,
        async dispose() {
          await model.dispose?.();
          await others.dispose?.();
        },
      };
      return beside;
    },
  };
}
