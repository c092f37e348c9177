/** Rows of which the one that comes before all others, by an order that may change only for rows outside the heap. */
export interface MaxHeap {
  readonly size: number;
  /** The foremost row; the heap must not be empty. */
  readonly top: number;
  /** Takes the foremost row out. */
  pop(): number;
  push(row: number): void;
}

/** A binary heap of `rows`, in O(rows). `before` is a strict total order. */
export function maxHeap(rows: Int32Array, before: (a: number, b: number) => boolean): MaxHeap {
  const heap = Int32Array.from(rows);
  let size = heap.length;
  const sink = (row: number, from: number) => {
    let place = from;
    while (true) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], row)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = row;
  };
  for (let place = (size >> 1) - 1; place >= 0; place--) sink(heap[place], place);
  return {
    get size() {
      return size;
    },
    get top() {
      return heap[0];
    },
    pop() {
      const top = heap[0];
      size--;
      if (size > 0) sink(heap[size], 0);
      return top;
    },
    push(row) {
      let place = size++;
      while (place > 0) {
        const parent = (place - 1) >> 1;
        if (!before(row, heap[parent])) break;
        heap[place] = heap[parent];
        place = parent;
      }
      heap[place] = row;
    },
  };
}
