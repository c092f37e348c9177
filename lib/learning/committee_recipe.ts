import { meanMatrix } from "../query/opinions.ts";
import type { Random } from "../runtime/random.ts";
import type { Estimator, EstimatorRecipe } from "./estimator.ts";
import { instanceCount, type Instances, instancesAt } from "./instances.ts";

/** What the members of a committee differ in besides their seeds. */
export interface CommitteeRecipeOptions {
  /** How many members; they take the recipes in turn. Default: one of each recipe, or 5 of a single one. */
  readonly members?: number;
  /** Whether each member learns from a bootstrap sample of the labels (Abe and Mamitsuka, 1998). Default false. */
  readonly bootstrap?: boolean;
}

/**
 * A committee as an estimator: members of different seeds, and, as wanted, bootstrap samples and architectures. It
 * believes the mean of what its members believe; strategies that read a committee see each of them.
 *
 * @throws {RangeError} if there is no recipe, or no member
 */
export function committeeRecipe<X extends Instances>(
  recipes: readonly EstimatorRecipe<X>[],
  { members = recipes.length > 1 ? recipes.length : 5, bootstrap = false }: CommitteeRecipeOptions = {},
): EstimatorRecipe<X> {
  if (recipes.length === 0 || !(Number.isInteger(members) && members >= 1)) {
    throw new RangeError(
      `Cannot make a committee: there must be a recipe and a member: current values are ${recipes.length} and ${members}`,
    );
  }
  const seats = Array.from({ length: members }, (_, seat) => recipes[seat % recipes.length]);
  return {
    name: `committee of ${members}: ${recipes.map(({ name }) => name).join(", ")}`,
    async make(random) {
      const made: Estimator<X>[] = [];
      for (const [seat, recipe] of seats.entries()) made.push(await recipe.make(random.child(seat)));
      return committeeEstimator(made, { bootstrap });
    },
  };
}

function committeeEstimator<X extends Instances>(
  members: readonly Estimator<X>[],
  { bootstrap }: { readonly bootstrap: boolean },
): Estimator<X> {
  const opinions = async (ask: (member: Estimator<X>) => Promise<ReturnType<typeof meanMatrix>>) => {
    const given = [];
    for (const member of members) given.push(await ask(member));
    return given;
  };
  const [first] = members;
  return {
    async fit(instances: X, labels, { random, ...options }) {
      let steps = 0;
      for (const [seat, member] of members.entries()) {
        const own = random.child(seat);
        const whole = { drawn: instances, answers: labels };
        const learnt = bootstrap ? bootstrapSample<X>(instances, { labels, random: own.child("bootstrap") }) : whole;
        const summary = await member.fit(learnt.drawn, learnt.answers, { ...options, random: own });
        steps += summary?.steps ?? 0;
      }
      return { steps };
    },
    members: (instances, options) => opinions((member) => member.probabilities(instances, options)),
    probabilities: async (instances, options) =>
      meanMatrix(await opinions((member) => member.probabilities(instances, options))),
    ...(first.embeddings && { embeddings: (instances, options) => first.embeddings!(instances, options) }),
    describe: () => ({ bootstrap, members: members.map((member) => member.describe?.()) }),
    async dispose() {
      for (const member of members) await member.dispose?.();
    },
  };
}

interface BootstrapOptions {
  readonly labels: Int32Array;
  readonly random: Random;
}

/** As many as there are, drawn with replacement. */
export function bootstrapSample<X extends Instances>(
  instances: X,
  { labels, random }: BootstrapOptions,
): { readonly drawn: X; readonly answers: Int32Array } {
  const count = instanceCount(instances);
  const places = Int32Array.from({ length: count }, () => random.integer(count));
  return { drawn: instancesAt(instances, places), answers: places.map((place) => labels[place]) };
}
