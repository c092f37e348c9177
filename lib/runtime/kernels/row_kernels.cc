// Loops over the rows of float32 matrices that JavaScript is too slow for.
//
// Compiled twice. Set-up compiles it for the processor at hand (lib/tasks/setup/row_kernels.ts): such a library works on
// the caller's memory, on several threads. And row_kernels.wasm, which is committed, is for machines without a compiler;
//
//     deno run -A tests/runtime/compile_row_kernels.ts
//
// makes it anew after every change. Both give the same numbers bit for bit, and on any number of threads: vectors have
// 16 lanes whatever the processor has, sums are over fixed lanes in a fixed order, nothing is fused or reordered
// (-ffp-contract=off, no -ffast-math), and rows do not depend on each other. A test holds the two against each other.

#ifdef __wasm__
#define EXPORTED(name) extern "C" __attribute__((export_name(#name)))
#else
#include <pthread.h>
#define EXPORTED(name) extern "C" __attribute__((visibility("default")))
#endif

namespace {

typedef float f32x16 __attribute__((vector_size(64)));
typedef int i32x16 __attribute__((vector_size(64)));
typedef unsigned u32x16 __attribute__((vector_size(64)));
typedef float f32x8 __attribute__((vector_size(32)));
typedef float f32x4 __attribute__((vector_size(16)));
typedef double f64x8 __attribute__((vector_size(64)));
typedef double f64x4 __attribute__((vector_size(32)));
typedef double f64x2 __attribute__((vector_size(16)));
typedef long long i64x8 __attribute__((vector_size(64)));
typedef long long i64x4 __attribute__((vector_size(32)));
typedef long long i64x2 __attribute__((vector_size(16)));

const int lanes = 16;
// Rows and others whose sums stay in the processor's registers.
#ifdef __AVX512F__
const int tile = 4;
#else
const int tile = 2;
#endif
const float infinity = __builtin_inff();
const i32x16 numbered = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

template <class To, class From> To as(From from) {
  static_assert(sizeof(To) == sizeof(From), "of one size");
  To to;
  __builtin_memcpy(&to, &from, sizeof(to));
  return to;
}

template <class Half, class Whole> Half low(const Whole& whole) {
  Half half;
  __builtin_memcpy(&half, &whole, sizeof(half));
  return half;
}

template <class Half, class Whole> Half high(const Whole& whole) {
  Half half;
  __builtin_memcpy(&half, (const char*)&whole + sizeof(half), sizeof(half));
  return half;
}

template <class V> V all(float value) { return V{} + value; }

f32x16 load(const float* at) {
  f32x16 v;
  __builtin_memcpy(&v, at, sizeof(v));
  return v;
}

// The `count` < 16 numbers at `at`, and `rest` in the other lanes. Nothing at `end` or behind it is read.
f32x16 load(const float* at, int count, const float* end, float rest) {
  if (end - at >= lanes) return numbered < count ? load(at) : all<f32x16>(rest);
  f32x16 v = all<f32x16>(rest);
  __builtin_memcpy(&v, at, count * sizeof(float));
  return v;
}

// Calls work(v) for the numbers of a row in sixteens, the last filled up with `rest`.
template <class Work> void sixteens(const float* at, int columns, const float* end, float rest, Work work) {
  const float* stop = at + columns;
  for (; stop - at >= lanes; at += lanes) work(load(at));
  if (at < stop) work(load(at, stop - at, end, rest));
}

template <class V> V larger(V a, V b) { return a > b ? a : b; }
template <class V> V smaller(V a, V b) { return a < b ? a : b; }

double sum(f64x8 v) {
  f64x4 four = low<f64x4>(v) + high<f64x4>(v);
  f64x2 two = low<f64x2>(four) + high<f64x2>(four);
  return two[0] + two[1];
}

template <class V> bool any(V v) {
  static_assert(sizeof(V) == 64, "whole");
  auto four = low<i64x4>(v) | high<i64x4>(v);
  auto two = low<i64x2>(four) | high<i64x2>(four);
  return (two[0] | two[1]) != 0;
}

// Calls work(first, count) for all of `rows`: in shares of at least 2^18 numbers, a thread each.
template <class Work> void divide(int rows, long long numbers, int threads, const Work& work) {
#ifdef __wasm__
  (void)numbers, (void)threads;
#else
  struct Share {
    const Work* work;
    int first, count;
    pthread_t thread;
    static void* run(void* share) {
      (*((Share*)share)->work)(((Share*)share)->first, ((Share*)share)->count);
      return nullptr;
    }
  };
  const int most = 64;
  long long shares = numbers >> 18;
  if (shares > threads) shares = threads;
  if (shares > most) shares = most;
  if (shares > rows) shares = rows;
  if (shares > 1) {
    Share its[most];
    bool started[most];
    for (int i = 0; i < shares; i++) {
      int first = (long long)rows * i / shares;
      its[i].work = &work;
      its[i].first = first;
      its[i].count = (long long)rows * (i + 1) / shares - first;
      // The first is for this thread, and so is what no thread can be had for.
      started[i] = i > 0 && pthread_create(&its[i].thread, nullptr, Share::run, &its[i]) == 0;
    }
    for (int i = 0; i < shares; i++) if (!started[i]) Share::run(&its[i]);
    for (int i = 0; i < shares; i++) if (started[i]) pthread_join(its[i].thread, nullptr);
    return;
  }
#endif
  work(0, rows);
}

f64x8 load8(const float* at) {
  f32x8 v;
  __builtin_memcpy(&v, at, sizeof(v));
  return __builtin_convertvector(v, f64x8);
}

f64x8 load8(const double* at) {
  f64x8 v;
  __builtin_memcpy(&v, at, sizeof(v));
  return v;
}

// Calls work(column, value) at least for every value bases[j] − factor · products[j] that is not above what the last call
// returned (at first: `limit`), in order of columns.
template <class Work>
void below(const float* products, int columns, const double* bases, double factor, double limit, Work work) {
  int column = 0;
  auto value = [=](int column) { return load8(bases + column) - factor * load8(products + column); };
  auto look = [&](int until) {
    for (; column + 8 <= until; column += 8) {
      f64x8 v = value(column);
      if (!any(v <= limit)) continue;
      for (int lane = 0; lane < 8; lane++) limit = work(column + lane, v[lane]);
    }
  };
  for (int until = 32; until <= columns; until += 32) {
    // Mostly there is nothing in 32 numbers.
    i64x8 hits = (value(column) <= limit) | (value(column + 8) <= limit) | (value(column + 16) <= limit) |
                 (value(column + 24) <= limit);
    if (any(hits)) look(until);
    column = until;
  }
  look(columns);
  for (; column < columns; column++) limit = work(column, bases[column] - factor * products[column]);
}

}  // namespace

// The largest number of each row; NaN where there is one.
EXPORTED(largest) void largest(const float* data, int rows, int columns, double* out, int threads) {
  const float* end = data + (long long)rows * columns;
  divide(rows, end - data, threads, [=](int first, int count) {
    for (int row = first; row < first + count; row++) {
      f32x16 most = all<f32x16>(-infinity);
      i32x16 bad = {};
      sixteens(data + (long long)row * columns, columns, end, -infinity, [&](f32x16 v) {
        most = larger(v, most);
        bad |= v != v;
      });
      f32x8 eight = larger(low<f32x8>(most), high<f32x8>(most));
      float largest = eight[0];
      for (int lane = 1; lane < 8; lane++) largest = eight[lane] > largest ? eight[lane] : largest;
      out[row] = any(bad) ? __builtin_nan("") : largest;
    }
  });
}

// The largest number of each row less the second largest; NaN where there is one. At least two columns.
EXPORTED(gap) void gap(const float* data, int rows, int columns, double* out, int threads) {
  const float* end = data + (long long)rows * columns;
  divide(rows, end - data, threads, [=](int first, int count) {
    for (int row = first; row < first + count; row++) {
      f32x16 most = all<f32x16>(-infinity), second = most;
      i32x16 bad = {};
      sixteens(data + (long long)row * columns, columns, end, -infinity, [&](f32x16 v) {
        second = larger(smaller(v, most), second);
        most = larger(v, most);
        bad |= v != v;
      });
      // Halves meet in pairs: the second of two pairs is the larger second or the smaller first.
      f32x8 a = low<f32x8>(most), b = high<f32x8>(most);
      f32x8 eight = larger(a, b);
      f32x8 next = larger(smaller(a, b), larger(low<f32x8>(second), high<f32x8>(second)));
      float largest = -infinity, runnerUp = -infinity;
      for (int lane = 0; lane < 8; lane++) {
        float under = eight[lane] < largest ? eight[lane] : largest;
        runnerUp = under > runnerUp ? under : runnerUp;
        runnerUp = next[lane] > runnerUp ? next[lane] : runnerUp;
        largest = eight[lane] > largest ? eight[lane] : largest;
      }
      out[row] = any(bad) ? __builtin_nan("") : (double)largest - (double)runnerUp;
    }
  });
}

// −Σ x ln x of a row, by the tables that over_rows.ts explains: of each sign and exponent, E and P, and of each of 4096
// cells of the mantissa, A and B. One number adds x (E + B) to one sum and P A to another.
static double entropyByTables(const float* at, int columns, const double* exponents, const double* cells) {
  double byNumber = 0, byPower = 0;
  for (int column = 0; column < columns; column++) {
    unsigned bits = as<unsigned>(at[column]);
    const double* exponent = exponents + 2 * (bits >> 23);
    const double* cell = cells + 2 * (bits >> 11 & 0xfff);
    byNumber += at[column] * (exponent[0] + cell[1]);
    byPower += exponent[1] * cell[0];
  }
  return 0 - (byNumber + byPower);
}

// Sixteen x ln x: with x = 2^e·m, √½ ≤ m < √2, ln x = e ln 2 + ln m, and ln (1 + z) = z Q(z), whose polynomial of degree 7
// is off by at most 4e-8.
static inline f32x16 timesLogarithm(f32x16 x) {
  i32x16 bits = as<i32x16>(x);
  i32x16 e = (bits - 0x3f3504f3) >> 23;  // the bits of √½
  f32x16 z = as<f32x16>(bits - (e << 23)) - 1;
  f32x16 z2 = z * z;
  f32x16 low = (0.33336183f - 0.24959344f * z) * z2 + (0.9999998f - 0.5000067f * z);
  f32x16 high = (0.16419984f - 0.10102221f * z) * z2 + (0.19873047f - 0.17333467f * z);
  f32x16 q = high * (z2 * z2) + low;
  return x * (__builtin_convertvector(e, f32x16) * 0.69314718f + z * q);
}

// −Σ x ln x of each row, in nats. What is negative or not finite, and −0, has larger bits than any other number: such a
// row of many numbers is left to the tables, and so are rows of few.
EXPORTED(entropy)
void entropy(const float* data, int rows, int columns, double* out, const double* exponents, const double* cells,
             int threads) {
  const float* end = data + (long long)rows * columns;
  divide(rows, end - data, threads, [=](int first, int count) {
    for (int row = first; row < first + count; row++) {
      const float* at = data + (long long)row * columns;
      f64x8 total = {};
      i32x16 odd = {};
      if (columns >= 8) {
        sixteens(at, columns, end, 0, [&](f32x16 x) {
          odd |= as<u32x16>(x) >= 0x7f800000u;
          f32x16 terms = timesLogarithm(x);
          total += __builtin_convertvector(low<f32x8>(terms), f64x8) + __builtin_convertvector(high<f32x8>(terms), f64x8);
        });
      }
      out[row] = columns < 8 || any(odd) ? entropyByTables(at, columns, exponents, cells) : 0 - sum(total);
    }
  });
}

// Σ x_k y_k in float64, or Σ (x_k − y_k)²: sixteen sums, so that few wait for each other, then those.
template <class Term> static inline double summed(const float* x, const float* y, int columns, Term term) {
  f64x8 total = {}, other = {};
  int column = 0;
  for (; column + 16 <= columns; column += 16) {
    total += term(load8(x + column), load8(y + column));
    other += term(load8(x + column + 8), load8(y + column + 8));
  }
  if (column + 8 <= columns) {
    total += term(load8(x + column), load8(y + column));
    column += 8;
  }
  if (column < columns) {
    f32x8 a = {}, b = {};
    __builtin_memcpy(&a, x + column, (columns - column) * sizeof(float));
    __builtin_memcpy(&b, y + column, (columns - column) * sizeof(float));
    other += term(__builtin_convertvector(a, f64x8), __builtin_convertvector(b, f64x8));
  }
  return sum(total + other);
}

static inline double product(const float* x, const float* y, int columns) {
  return summed(x, y, columns, [](f64x8 a, f64x8 b) { return a * b; });
}

// ⟨x, y⟩ of row i of one matrix and row j of another.
EXPORTED(innerProduct) double innerProduct(const float* x, int i, const float* y, int j, int columns) {
  return product(x + (long long)i * columns, y + (long long)j * columns, columns);
}

// ‖x − y‖² of row i of one matrix and row j of another.
EXPORTED(squaredDistance) double squaredDistance(const float* x, int i, const float* y, int j, int columns) {
  return summed(x + (long long)i * columns, y + (long long)j * columns, columns, [](f64x8 a, f64x8 b) {
    f64x8 difference = a - b;
    return difference * difference;
  });
}

// ‖x‖² of each row.
EXPORTED(squaredNorms) void squaredNorms(const float* data, int rows, int columns, double* out, int threads) {
  divide(rows, (long long)rows * columns, threads, [=](int first, int count) {
    for (int row = first; row < first + count; row++) {
      const float* x = data + (long long)row * columns;
      out[row] = product(x, x, columns);
    }
  });
}

// ⟨x, y⟩ of `left` rows with `right` rows of others, in float32: sixteen sums each. What is read once serves all.
template <int left, int right>
static void productsOfTile(const float* x, const float* y, int columns, float* out, int others) {
  f32x16 sums[left][right] = {};
  auto add = [&](int column, auto read) {
    f32x16 a[left];
    for (int i = 0; i < left; i++) a[i] = read(x + (long long)i * columns + column);
    for (int j = 0; j < right; j++) {
      f32x16 b = read(y + (long long)j * columns + column);
      for (int i = 0; i < left; i++) sums[i][j] += a[i] * b;
    }
  };
  int column = 0;
  for (; column + lanes <= columns; column += lanes) add(column, [](const float* at) { return load(at); });
  if (column < columns) {
    add(column, [=](const float* at) {
      f32x16 v = {};
      __builtin_memcpy(&v, at, (columns - column) * sizeof(float));
      return v;
    });
  }
  for (int i = 0; i < left; i++) {
    for (int j = 0; j < right; j++) {
      f32x8 eight = low<f32x8>(sums[i][j]) + high<f32x8>(sums[i][j]);
      f32x4 four = low<f32x4>(eight) + high<f32x4>(eight);
      out[(long long)i * others + j] = (four[0] + four[1]) + (four[2] + four[3]);
    }
  }
}

// ⟨x, y⟩ of each row of one matrix with each of a few `others`, in float32.
EXPORTED(narrowProducts)
void narrowProducts(const float* x, int rows, int columns, const float* y, int others, float* out, int threads) {
  divide(rows, (long long)rows * columns, threads, [=](int first, int count) {
    for (int row = first; row < first + count;) {
      const float* its = x + (long long)row * columns;
      float* products = out + (long long)row * others;
      bool together = row + tile <= first + count;
      int other = 0;
      for (; other + tile <= others; other += tile) {
        const float* at = y + (long long)other * columns;
        if (together) productsOfTile<tile, tile>(its, at, columns, products + other, others);
        else productsOfTile<1, tile>(its, at, columns, products + other, others);
      }
      for (; other < others; other++) {
        const float* at = y + (long long)other * columns;
        if (together) productsOfTile<tile, 1>(its, at, columns, products + other, others);
        else productsOfTile<1, 1>(its, at, columns, products + other, others);
      }
      row += together ? tile : 1;
    }
  });
}

// Of each row of values bases[j] − factor · products[row, j]: the smallest, where it is first, and the second smallest.
EXPORTED(twoSmallest)
void twoSmallest(const float* products, int rows, int columns, const double* bases, double factor, int* at,
                 double* smallest, double* second, int threads) {
  divide(rows, (long long)rows * columns, threads, [=](int first, int count) {
    for (int row = first; row < first + count; row++) {
      const float* its = products + (long long)row * columns;
      f64x8 best = all<f64x8>(infinity), next = best;
      i64x8 place = {}, here = {0, 1, 2, 3, 4, 5, 6, 7};
      int column = 0;
      for (; column + 8 <= columns; column += 8, here += 8) {
        f64x8 v = load8(bases + column) - factor * load8(its + column);
        next = v < best ? best : smaller(v, next);
        place = v < best ? here : place;
        best = smaller(v, best);
      }
      double least = infinity, runnerUp = infinity;
      int where = 0;
      for (int lane = 0; lane < 8; lane++) {
        bool before = best[lane] < least || (best[lane] == least && place[lane] < where);
        double beaten = before ? least : best[lane];
        runnerUp = beaten < runnerUp ? beaten : runnerUp;
        runnerUp = next[lane] < runnerUp ? next[lane] : runnerUp;
        if (before) least = best[lane], where = place[lane];
      }
      for (; column < columns; column++) {
        double v = bases[column] - factor * its[column];
        double beaten = v < least ? least : v;
        runnerUp = beaten < runnerUp ? beaten : runnerUp;
        if (v < least) least = v, where = column;
      }
      at[row] = where;
      smallest[row] = least;
      second[row] = runnerUp;
    }
  });
}

// Of each row of values as above, without that in column own[row]: all columns whose value is at most the `few`th smallest
// plus slack[row], in order, and how many they are. Where they are more than `capacity`, only the number is right. `few`
// numbers a row of `ascending` are for the work.
EXPORTED(fewSmallest)
void fewSmallest(const float* products, int rows, int columns, const double* bases, double factor, const int* own,
                 const double* slack, int few, double* ascending, int capacity, int* found, int* counts, int threads) {
  divide(rows, (long long)rows * columns, threads, [=](int first, int count) {
    for (int row = first; row < first + count; row++) {
      const float* its = products + (long long)row * columns;
      double* sorted = ascending + (long long)row * few;
      for (int rank = 0; rank < few; rank++) sorted[rank] = infinity;
      below(its, columns, bases, factor, infinity, [&](int column, double v) {
        if (column != own[row] && v < sorted[few - 1]) {
          int rank = few - 1;
          for (; rank > 0 && sorted[rank - 1] > v; rank--) sorted[rank] = sorted[rank - 1];
          sorted[rank] = v;
        }
        return sorted[few - 1];
      });
      double limit = sorted[few - 1] + slack[row];
      int* its_found = found + (long long)row * capacity;
      int number = 0;
      below(its, columns, bases, factor, limit, [&](int column, double v) {
        if (column != own[row] && v <= limit) {
          if (number < capacity) its_found[number] = column;
          number++;
        }
        return limit;
      });
      counts[row] = number;
    }
  });
}

// Takes products of items rowStart… with others columnStart… into lists of the `few` smallest values of each item,
// bases[other] − factor · product, the largest last, with the other's number; an item's own number does not count. Where
// items and others are the same (`mutual`), a product off the diagonal serves the lists of both.
EXPORTED(keepSmallest)
void keepSmallest(const float* products, int rows, int rowStart, int columns, int columnStart, const double* bases,
                  double factor, const int* own, int mutual, int few, double* values, int* items, int threads) {
  auto keep = [=](int item, int other, double v) {
    double* its = values + (long long)item * few;
    int* who = items + (long long)item * few;
    int last = few - 1, at = 0, largest = last;
    if (!(v < its[last])) return;
    f64x8 most = all<f64x8>(-infinity);
    i64x8 place = {}, here = {0, 1, 2, 3, 4, 5, 6, 7};
    for (; at + 8 <= last; at += 8, here += 8) {
      f64x8 eight = load8(its + at);
      place = eight > most ? here : place;
      most = larger(eight, most);
    }
    double highest = v;
    for (int lane = 0; lane < 8; lane++) {
      if (most[lane] > highest) highest = most[lane], largest = place[lane];
    }
    for (; at < last; at++) if (its[at] > highest) highest = its[at], largest = at;
    who[last] = who[largest];
    its[last] = highest;
    who[largest] = other;
    its[largest] = v;
  };
  divide(rows, (long long)rows * columns, threads, [=](int first, int count) {
    for (int row = first; row < first + count; row++) {
      int item = rowStart + row;
      const double* largest = values + (long long)item * few + few - 1;
      below(products + (long long)row * columns, columns, bases + columnStart, factor, *largest, [=](int column, double v) {
        if (columnStart + column != own[item]) keep(item, columnStart + column, v);
        return *largest;
      });
    }
  });
  if (!mutual || rowStart == columnStart) return;
  divide(columns, (long long)rows * columns, threads, [=](int first, int count) {
    auto limitOf = [=](int column) { return values[(long long)(columnStart + column) * few + few - 1]; };
    int start = first, end = first + count;
    for (; start + 32 <= end; start += 32) {  // columns whose limits stay at hand
      f64x8 limits[4];
      for (int at = 0; at < 32; at++) limits[at >> 3][at & 7] = limitOf(start + at);
      for (int row = 0; row < rows; row++) {
        const float* its = products + (long long)row * columns + start;
        double base = bases[rowStart + row];
        f64x8 v[4];
        i64x8 hits = {};
        for (int group = 0; group < 4; group++) {
          v[group] = base - factor * load8(its + 8 * group);
          hits |= v[group] < limits[group];
        }
        if (!any(hits)) continue;
        for (int at = 0; at < 32; at++) {
          if (!(v[at >> 3][at & 7] < limits[at >> 3][at & 7])) continue;
          keep(columnStart + start + at, rowStart + row, v[at >> 3][at & 7]);
          limits[at >> 3][at & 7] = limitOf(start + at);
        }
      }
    }
    for (; start < end; start++) {
      for (int row = 0; row < rows; row++) {
        keep(columnStart + start, rowStart + row, bases[rowStart + row] - factor * products[(long long)row * columns + start]);
      }
    }
  });
}

// ⟨x, y⟩ of many pairs: row lefts[p] of one matrix and row rights[p] of another.
EXPORTED(innerProducts)
void innerProducts(const float* x, const int* lefts, const float* y, const int* rights, int pairs, int columns, double* out,
                   int threads) {
  divide(pairs, (long long)pairs * columns, threads, [=](int first, int count) {
    for (int pair = first; pair < first + count; pair++) {
      out[pair] = innerProduct(x, lefts[pair], y, rights[pair], columns);
    }
  });
}

// ‖x − y‖² of many pairs.
EXPORTED(squaredDistances)
void squaredDistances(const float* x, const int* lefts, const float* y, const int* rights, int pairs, int columns,
                      double* out, int threads) {
  divide(pairs, (long long)pairs * columns, threads, [=](int first, int count) {
    for (int pair = first; pair < first + count; pair++) {
      out[pair] = squaredDistance(x, lefts[pair], y, rights[pair], columns);
    }
  });
}
