/** Prints one line for the person at the terminal. */
export function say(line: string = ""): void {
  console.log(line);
}

/** One line that changes while work goes on. */
export interface StatusLine {
  /** Shows `text` after the label; on a terminal at once, in a log at most every ten seconds. */
  update(text: string): void;
  /** Leaves the line with this text for good. */
  end(text: string): void;
  /** Takes the line away. */
  clear(): void;
}

const secondsBetweenLogLines = 10;

/**
 * A line that begins with `label`, counts the seconds by itself and is never silent: on a terminal it is rewritten in
 * place, in a log a new line comes now and then.
 */
export function statusLine(label: string): StatusLine {
  const started = Date.now();
  const inPlace = Deno.stdout.isTerminal();
  let text = "";
  let loggedAt = started;
  const write = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line));
  const draw = () => {
    const clockText = ` (${duration((Date.now() - started) / 1000)})`;
    const line = text === "" ? label : `${label} ${text}`;
    if (inPlace) write(`\r\x1b[2K${line.slice(0, terminalWidth() - clockText.length)}${clockText}`);
    else if (Date.now() - loggedAt >= secondsBetweenLogLines * 1000) {
      loggedAt = Date.now();
      say(line + clockText);
    }
  };
  const clock = setInterval(draw, 1000);
  const clear = () => {
    clearInterval(clock);
    if (inPlace) write("\r\x1b[2K");
  };
  draw();
  return {
    update(newText) {
      text = newText;
      draw();
    },
    end(lastText) {
      clear();
      say(`${label} ${lastText}`);
    },
    clear,
  };
}

/** `42 s`, `3 min 5 s`, `1 h 2 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

/** `740 kB`, `274 MB`, `1.6 GB`: powers of ten, as networks and disks are sold. */
export function bytesText(bytes: number): string {
  if (bytes < 999_500) return `${Math.round(bytes / 1e3)} kB`;
  if (bytes < 999_500_000) return `${Math.round(bytes / 1e6)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function terminalWidth(): number {
  try {
    return (Deno.consoleSize().columns || 80) - 1;
  } catch {
    return 79;
  }
}
