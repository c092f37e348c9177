import { DataFormatError } from "../../data/data_format_error.ts";

/** A Python tuple; a list is an `Array`, a dict a `Map`. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** Something of Python that a pickle may name. What is called is our own stand-in: nothing of Python's is ever run. */
export class PickleGlobal {
  readonly name: string;
  /** What calling it gives, or a `TypeError`; where it is missing, the thing may be named but not called. */
  readonly call?: (args: readonly unknown[]) => unknown;

  constructor(name: string, call?: (args: readonly unknown[]) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** What {@linkcode unpickle} may do. */
export interface UnpickleOptions {
  /** For messages. */
  readonly file: string;
  /** Where in the file `bytes` begins, for messages. Default 0. */
  readonly start?: number;
  /** Everything that may be named, by `module.name`; what is not here is refused. */
  readonly globals: ReadonlyMap<string, PickleGlobal>;
  /** What an object kept outside of the pickle is, by its id. */
  readonly persistent?: (id: unknown) => unknown;
}

/** More copies of containers than any weights file asks for. */
const mostCopied = 2 ** 20;

/**
 * Reads one object out of a pickle (protocols 0 to 5), as far as weights need: plain data, tuples, lists, dicts, sets, and
 * calls to the stand-ins in `globals`. It is a closed machine without recursion: time and memory are in proportion to
 * the bytes.
 *
 * @returns the object, and where the pickle ends in `bytes`
 * @throws {DataFormatError} if the pickle names anything else, is damaged or uses other opcodes
 */
export function unpickle(
  bytes: Uint8Array,
  { file, start = 0, globals, persistent }: UnpickleOptions,
): { readonly value: unknown; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: unknown[] = [];
  const marks: number[] = [];
  const memo = new Map<number, unknown>();
  let position = 0;
  let at = 0;
  let copied = 0;

  function refuse(rule: string, value: string | number, remedy?: string): never {
    throw new DataFormatError({ file, offset: start + at, rule, value, remedy });
  }
  function take(count: number): number {
    if (count > bytes.length - position) refuse(`its pickle must hold ${count} bytes more`, bytes.length - position);
    position += count;
    return position - count;
  }
  const uint8 = () => view.getUint8(take(1));
  const uint16 = () => view.getUint16(take(2), true);
  const int32 = () => view.getInt32(take(4), true);
  const uint32 = () => view.getUint32(take(4), true);
  const uint64 = () => Number(view.getBigUint64(take(8), true));
  const bytesOf = (length: number) => {
    const from = take(length);
    return bytes.subarray(from, from + length);
  };
  const text = (length: number) => {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(length));
    } catch (error) {
      if (error instanceof TypeError) refuse("its pickle's text must be UTF-8", "another encoding");
      throw error;
    }
  };
  const line = () => {
    const end = bytes.indexOf(0x0a, position);
    if (end < 0) refuse("a line of its pickle must end", "the end of the file");
    const found = new TextDecoder("latin1").decode(bytes.subarray(position, end));
    position = end + 1;
    return found;
  };
  const integer = (written: string) => {
    if (!/^[+-]?\d{1,300}L?$/.test(written)) refuse("its pickle's integers must be decimal", shown(written));
    return narrow(BigInt(written.replace(/L$/, "")));
  };
  const long = (length: number) => {
    if (length > 256) refuse("its pickle's integers must have 256 bytes at most", length);
    const negative = length > 0 && bytes[position + length - 1] >= 0x80;
    const value = bytesOf(length).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    return narrow(negative ? value - (1n << BigInt(8 * length)) : value);
  };
  function pop(): unknown {
    if (stack.length <= (marks.at(-1) ?? 0)) refuse("its pickle must push what it takes", "an empty stack");
    return stack.pop();
  }
  const top = () => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const popMark = () => {
    const mark = marks.pop();
    if (mark === undefined) refuse("its pickle must mark what it takes", "no mark");
    return stack.splice(mark);
  };
  function expect<T>(value: unknown, kind: abstract new (...args: never[]) => T): T {
    if (!(value instanceof kind)) refuse(`its pickle must apply operations to a ${kind.name} here`, typeof value);
    return value;
  }
  const expectText = (value: unknown) =>
    typeof value === "string" ? value : refuse("a name must be text", typeof value);
  const setItems = (target: unknown, items: readonly unknown[]) => {
    const dict = expect(target, Map);
    if (items.length % 2 !== 0) refuse("a dict must get pairs", items.length);
    for (let place = 0; place < items.length; place += 2) dict.set(items[place], items[place + 1]);
  };
  const named = (module: string, name: string) => {
    const found = globals.get(`${module}.${name}`);
    if (found !== undefined) return found;
    return refuse(
      "it must hold nothing but tensors and plain data",
      `a pickle that refers to ${shown(`${module}.${name}`)}`,
      "Nothing of it has been run. Get the weights from a source that you trust, and as a state dict alone: " +
        "torch.save(model.state_dict(), path).",
    );
  };
  const call = (callee: unknown, args: unknown) => {
    const { items } = expect(args, Tuple);
    // Else a short pickle could have a long list copied over and over.
    for (const item of items) copied += sizeOf(item);
    if (copied > mostCopied) refuse("its pickle must copy less", `more than ${mostCopied} items`);
    if (!(callee instanceof PickleGlobal) || callee.call === undefined) {
      return refuse("its pickle must call what can be called", typeof callee);
    }
    try {
      return callee.call(items);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return refuse(`its pickle must call ${callee.name} as torch does`, error.message);
    }
  };
  const memoOf = (place: number) => {
    if (!memo.has(place)) refuse("its pickle must remember what it recalls", `memo ${place}`);
    return memo.get(place);
  };
  const kept = (id: unknown) => {
    if (persistent === undefined) return refuse("its pickle must hold all its objects", "one kept elsewhere");
    return persistent(id);
  };

  const operations: Readonly<Record<string, () => void>> = {
    "\x80": () => uint8() <= 5 || refuse("its pickle's protocol must be 0 to 5", bytes[position - 1]),
    "\x95": () => void take(8), // a frame's length: of use to those who read piece by piece
    "(": () => void marks.push(stack.length),
    "0": () => marks.at(-1) === stack.length ? void marks.pop() : void pop(),
    "1": () => void popMark(),
    "2": () => void stack.push(top()),
    N: () => void stack.push(null),
    "\x88": () => void stack.push(true),
    "\x89": () => void stack.push(false),
    I: () => {
      const written = line();
      stack.push(written === "00" || written === "01" ? written === "01" : integer(written));
    },
    L: () => void stack.push(integer(line())),
    J: () => void stack.push(int32()),
    K: () => void stack.push(uint8()),
    M: () => void stack.push(uint16()),
    "\x8a": () => void stack.push(long(uint8())),
    "\x8b": () => void stack.push(long(uint32())),
    F: () => void stack.push(Number(line())),
    G: () => void stack.push(view.getFloat64(take(8), false)),
    S: () => {
      const written = line();
      // Quotes and escapes matter to nobody here: such text only comes in pickles that are refused, or as a name.
      stack.push(written.replace(/^(['"])(.*)\1$/s, "$2"));
    },
    V: () => void stack.push(line()),
    X: () => void stack.push(text(uint32())),
    "\x8c": () => void stack.push(text(uint8())),
    "\x8d": () => void stack.push(text(uint64())),
    T: () => void stack.push(text(uint32())),
    U: () => void stack.push(text(uint8())),
    B: () => void stack.push(bytesOf(uint32())),
    C: () => void stack.push(bytesOf(uint8())),
    "\x8e": () => void stack.push(bytesOf(uint64())),
    ")": () => void stack.push(new Tuple([])),
    "\x85": () => void stack.push(new Tuple([pop()])),
    "\x86": () => void stack.push(new Tuple([pop(), pop()].reverse())),
    "\x87": () => void stack.push(new Tuple([pop(), pop(), pop()].reverse())),
    t: () => void stack.push(new Tuple(popMark())),
    "]": () => void stack.push([]),
    l: () => void stack.push(popMark()),
    a: () => {
      const item = pop();
      expect(top(), Array).push(item);
    },
    e: () => {
      const items = popMark();
      const list = expect(top(), Array);
      for (const item of items) list.push(item);
    },
    "}": () => void stack.push(new Map()),
    d: () => {
      const items = popMark();
      stack.push(new Map());
      setItems(top(), items);
    },
    s: () => {
      const pair = [pop(), pop()].reverse();
      setItems(top(), pair);
    },
    u: () => {
      const items = popMark();
      setItems(top(), items);
    },
    "\x8f": () => void stack.push(new Set()),
    "\x90": () => {
      const items = popMark();
      const set = expect(top(), Set);
      for (const item of items) set.add(item);
    },
    "\x91": () => void stack.push(new Set(popMark())),
    p: () => void memo.set(Number(integer(line())), top()),
    q: () => void memo.set(uint8(), top()),
    r: () => void memo.set(uint32(), top()),
    "\x94": () => void memo.set(memo.size, top()),
    g: () => void stack.push(memoOf(Number(integer(line())))),
    h: () => void stack.push(memoOf(uint8())),
    j: () => void stack.push(memoOf(uint32())),
    c: () => void stack.push(named(line(), line())),
    i: () => {
      const callee = named(line(), line());
      stack.push(call(callee, new Tuple(popMark())));
    },
    "\x93": () => {
      const [name, module] = [expectText(pop()), expectText(pop())];
      stack.push(named(module, name));
    },
    R: () => {
      const args = pop();
      stack.push(call(pop(), args));
    },
    "\x81": () => {
      const args = pop();
      stack.push(call(pop(), args));
    },
    // Attributes of an object, such as the versions that a state dict notes of its layers: nobody asks for them.
    b: () => void pop(),
    P: () => void stack.push(kept(line())),
    Q: () => void stack.push(kept(pop())),
  };

  for (;;) {
    at = position;
    const opcode = String.fromCharCode(uint8());
    if (opcode === ".") return { value: pop(), end: position };
    const operation = Object.hasOwn(operations, opcode) ? operations[opcode] : undefined;
    if (operation === undefined) {
      refuse("its pickle must use the opcodes that weights need", `0x${opcode.charCodeAt(0).toString(16)}`);
    }
    operation();
  }
}

/** A number where it is exact as one. */
function narrow(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function sizeOf(value: unknown): number {
  if (value instanceof Tuple) return value.items.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  return Array.isArray(value) || typeof value === "string" || value instanceof Uint8Array ? value.length : 1;
}

/** A name out of a file that nobody vouches for, short and on one line. */
function shown(name: string): string {
  // deno-lint-ignore no-control-regex -- these are the characters to be rid of
  return name.slice(0, 80).replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}
