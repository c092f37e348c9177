import type { ProgressListener } from "../runtime/progress.ts";
import { bytesText, duration } from "./terminal.ts";

/** Turns a download's progress into words: bytes, speed, time left. */
export function downloadText(say: (text: string) => void): ProgressListener {
  let began = Date.now();
  let had: number | undefined;
  return (event) => {
    if (event.kind === "begin") {
      began = Date.now();
      had = undefined;
    } else if (event.kind === "note") {
      say(event.text);
    } else if (event.kind === "advance") {
      const { done, total } = event;
      had ??= done; // what an earlier run had fetched says nothing of the speed
      const speed = (done - had) / Math.max(0.001, (Date.now() - began) / 1000);
      const of = total === undefined ? "" : ` of ${bytesText(total)}`;
      const left = total === undefined || speed === 0 ? "" : `, ${duration((total - done) / speed)} left`;
      say(`${bytesText(done)}${of}, ${bytesText(speed)}/s${left}`);
    }
  };
}
