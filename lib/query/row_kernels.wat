;; One pass over the rows of a float32 matrix. Compiled to row_kernels.wasm by
;; `deno run -A tests/query/compile_row_kernels.ts`; a test sees to it that the two agree.
;;
;; Every function reads $rows ≥ 1 rows of $columns ≥ 1 numbers from address $at on, and writes one float64 for each from
;; address $out on. "largest" and "gap" take four columns at a time: the 12 bytes behind the last row are read as well,
;; and ignored.
(module
  (memory (export "memory") 4)

  ;; Lanes below (columns mod 4): those of the last, partial vector of a row that belong to it.
  (func $partial (param $columns i32) (result v128)
    (i32x4.lt_s
      (v128.const i32x4 0 1 2 3)
      (i32x4.splat (i32.and (local.get $columns) (i32.const 3)))))

  ;; The largest number of each row; NaN where there is one.
  (func (export "largest") (param $at i32) (param $rows i32) (param $columns i32) (param $out i32)
    (local $stop i32) (local $mask v128)
    (local $v v128) (local $first v128) (local $good v128)
    (local.set $mask (call $partial (local.get $columns)))
    (loop $row
      (local.set $stop (i32.add (local.get $at) (i32.shl (local.get $columns) (i32.const 2))))
      (local.set $first (v128.const f32x4 -inf -inf -inf -inf))
      (local.set $good (v128.const i32x4 -1 -1 -1 -1))
      (loop $vector
        (local.set $v (v128.load align=4 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (if (i32.gt_u (local.get $at) (local.get $stop)) (then
          (local.set $v (v128.bitselect (local.get $v) (v128.const f32x4 -inf -inf -inf -inf) (local.get $mask)))))
        (local.set $first (f32x4.pmax (local.get $first) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (br_if $vector (i32.lt_u (local.get $at) (local.get $stop))))
      (local.set $at (local.get $stop))
      (local.set $first (f32x4.pmax (local.get $first)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $first) (local.get $first))))
      (local.set $first (f32x4.pmax (local.get $first)
        (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $first) (local.get $first))))
      (f64.store (local.get $out) (select
        (f64.promote_f32 (f32x4.extract_lane 0 (local.get $first)))
        (f64.const nan)
        (i32x4.all_true (local.get $good))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; The largest number of each row less the second largest; NaN where there is one.
  (func (export "gap") (param $at i32) (param $rows i32) (param $columns i32) (param $out i32)
    (local $stop i32) (local $mask v128)
    (local $v v128) (local $first v128) (local $second v128) (local $good v128)
    (local.set $mask (call $partial (local.get $columns)))
    (loop $row
      (local.set $stop (i32.add (local.get $at) (i32.shl (local.get $columns) (i32.const 2))))
      (local.set $first (v128.const f32x4 -inf -inf -inf -inf))
      (local.set $second (local.get $first))
      (local.set $good (v128.const i32x4 -1 -1 -1 -1))
      (loop $vector
        (local.set $v (v128.load align=4 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (if (i32.gt_u (local.get $at) (local.get $stop)) (then
          (local.set $v (v128.bitselect (local.get $v) (v128.const f32x4 -inf -inf -inf -inf) (local.get $mask)))))
        (local.set $second (f32x4.pmax (local.get $second) (f32x4.pmin (local.get $first) (local.get $v))))
        (local.set $first (f32x4.pmax (local.get $first) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (br_if $vector (i32.lt_u (local.get $at) (local.get $stop))))
      (local.set $at (local.get $stop))
      ;; Lanes meet in pairs: the second of two pairs is the larger second or the smaller first.
      (local.set $v (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $first) (local.get $first)))
      (local.set $second (f32x4.pmax
        (f32x4.pmin (local.get $first) (local.get $v))
        (f32x4.pmax (local.get $second)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $second) (local.get $second)))))
      (local.set $first (f32x4.pmax (local.get $first) (local.get $v)))
      (local.set $v (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $first) (local.get $first)))
      (local.set $second (f32x4.pmax
        (f32x4.pmin (local.get $first) (local.get $v))
        (f32x4.pmax (local.get $second)
          (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $second) (local.get $second)))))
      (local.set $first (f32x4.pmax (local.get $first) (local.get $v)))
      (f64.store (local.get $out) (select
        (f64.sub
          (f64.promote_f32 (f32x4.extract_lane 0 (local.get $first)))
          (f64.promote_f32 (f32x4.extract_lane 0 (local.get $second))))
        (f64.const nan)
        (i32x4.all_true (local.get $good))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; −Σ x ln x of each row, by the tables that row_kernels.ts explains: of each exponent, E and P at $exponents, and of
  ;; each of 4096 cells of the mantissa, A and B at $cells. One number adds x (E + B) to one sum and P A to another, so
  ;; that neither waits for the other.
  (func (export "entropy") (param $at i32) (param $rows i32) (param $columns i32) (param $out i32)
    (param $exponents i32) (param $cells i32)
    (local $stop i32) (local $bits i32) (local $exponent i32) (local $cell i32) (local $byNumber f64) (local $byPower f64)
    (loop $row
      (local.set $stop (i32.add (local.get $at) (i32.shl (local.get $columns) (i32.const 2))))
      (local.set $byNumber (f64.const 0))
      (local.set $byPower (f64.const 0))
      (loop $number
        (local.set $bits (i32.load (local.get $at)))
        (local.set $exponent (i32.add (local.get $exponents)
          (i32.shl (i32.shr_u (local.get $bits) (i32.const 23)) (i32.const 4))))
        (local.set $cell (i32.add (local.get $cells)
          (i32.and (i32.shr_u (local.get $bits) (i32.const 7)) (i32.const 0xfff0))))
        (local.set $byNumber (f64.add (local.get $byNumber) (f64.mul
          (f64.promote_f32 (f32.load (local.get $at)))
          (f64.add (f64.load (local.get $exponent)) (f64.load offset=8 (local.get $cell))))))
        (local.set $byPower (f64.add (local.get $byPower) (f64.mul
          (f64.load offset=8 (local.get $exponent))
          (f64.load (local.get $cell)))))
        (br_if $number (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (local.get $stop))))
      (f64.store (local.get $out)
        (f64.sub (f64.const 0) (f64.add (local.get $byNumber) (local.get $byPower))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
