import { ExerciseRecord } from "../../report/check_exercise.ts";
import type { Notebook } from "../notebook_file.ts";

/** How far the exercises of an executed notebook have come, in their order, by what `checkExercise` left there. */
export function exercisesIn({ cells }: Notebook): ExerciseRecord[] {
  return cells.flatMap(({ outputs = [] }) =>
    outputs.flatMap(({ metadata }) => {
      const left = typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "curio_exercise") : null;
      return ExerciseRecord.safeParse(left).data ?? [];
    })
  );
}
