;; One pass over the rows of a float32 matrix. Compiled to row_kernels.wasm by
;; `deno run -A tests/query/compile_row_kernels.ts`; a test sees to it that the two agree.
;;
;; Every function reads $rows ≥ 1 rows of $columns ≥ 1 numbers from address $at on, and writes one float64 for each from
;; address $out on. Numbers are taken in fours: the 12 bytes behind the last row may be read as well, and are ignored.
;; Where one number waits for the last, several chains run side by side. Constants stand in locals, because V8 makes
;; those inside a loop anew each time.
(module
  (memory (export "memory") 4)

  ;; Lanes below (columns mod 4): those of the last, partial vector of a row that belong to it.
  (func $partial (param $columns i32) (result v128)
    (i32x4.lt_s
      (v128.const i32x4 0 1 2 3)
      (i32x4.splat (i32.and (local.get $columns) (i32.const 3)))))

  ;; The largest number of each row; NaN where there is one.
  (func (export "largest") (param $at i32) (param $rows i32) (param $columns i32) (param $out i32)
    (local $stop i32) (local $mask v128) (local $lowest v128) (local $v v128) (local $good v128)
    (local $first v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $mask (call $partial (local.get $columns)))
    (local.set $lowest (v128.const f32x4 -inf -inf -inf -inf))
    (loop $row
      (local.set $stop (i32.add (local.get $at) (i32.shl (local.get $columns) (i32.const 2))))
      (local.set $first (local.get $lowest))
      (local.set $b (local.get $lowest))
      (local.set $c (local.get $lowest))
      (local.set $d (local.get $lowest))
      (local.set $good (v128.const i32x4 -1 -1 -1 -1))
      (block $rest (loop $vectors
        (br_if $rest (i32.gt_u (i32.add (local.get $at) (i32.const 64)) (local.get $stop)))
        (local.set $v (v128.load align=4 (local.get $at)))
        (local.set $first (f32x4.pmax (local.get $first) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (local.set $v (v128.load offset=16 align=4 (local.get $at)))
        (local.set $b (f32x4.pmax (local.get $b) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (local.set $v (v128.load offset=32 align=4 (local.get $at)))
        (local.set $c (f32x4.pmax (local.get $c) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (local.set $v (v128.load offset=48 align=4 (local.get $at)))
        (local.set $d (f32x4.pmax (local.get $d) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $vectors)))
      (block $done (loop $vector
        (br_if $done (i32.ge_u (local.get $at) (local.get $stop)))
        (local.set $v (v128.load align=4 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (if (i32.gt_u (local.get $at) (local.get $stop)) (then
          (local.set $v (v128.bitselect (local.get $v) (local.get $lowest) (local.get $mask)))))
        (local.set $first (f32x4.pmax (local.get $first) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (br $vector)))
      (local.set $at (local.get $stop))
      (local.set $first (f32x4.pmax
        (f32x4.pmax (local.get $first) (local.get $b))
        (f32x4.pmax (local.get $c) (local.get $d))))
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
    (local $stop i32) (local $mask v128) (local $lowest v128) (local $v v128) (local $good v128)
    (local $first v128) (local $second v128) (local $c v128) (local $d v128)
    (local.set $mask (call $partial (local.get $columns)))
    (local.set $lowest (v128.const f32x4 -inf -inf -inf -inf))
    (loop $row
      (local.set $stop (i32.add (local.get $at) (i32.shl (local.get $columns) (i32.const 2))))
      (local.set $first (local.get $lowest))
      (local.set $second (local.get $lowest))
      (local.set $c (local.get $lowest))
      (local.set $d (local.get $lowest))
      (local.set $good (v128.const i32x4 -1 -1 -1 -1))
      (block $rest (loop $vectors
        (br_if $rest (i32.gt_u (i32.add (local.get $at) (i32.const 32)) (local.get $stop)))
        (local.set $v (v128.load align=4 (local.get $at)))
        (local.set $second (f32x4.pmax (local.get $second) (f32x4.pmin (local.get $first) (local.get $v))))
        (local.set $first (f32x4.pmax (local.get $first) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (local.set $v (v128.load offset=16 align=4 (local.get $at)))
        (local.set $d (f32x4.pmax (local.get $d) (f32x4.pmin (local.get $c) (local.get $v))))
        (local.set $c (f32x4.pmax (local.get $c) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br $vectors)))
      (block $done (loop $vector
        (br_if $done (i32.ge_u (local.get $at) (local.get $stop)))
        (local.set $v (v128.load align=4 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (if (i32.gt_u (local.get $at) (local.get $stop)) (then
          (local.set $v (v128.bitselect (local.get $v) (local.get $lowest) (local.get $mask)))))
        (local.set $second (f32x4.pmax (local.get $second) (f32x4.pmin (local.get $first) (local.get $v))))
        (local.set $first (f32x4.pmax (local.get $first) (local.get $v)))
        (local.set $good (v128.and (local.get $good) (f32x4.eq (local.get $v) (local.get $v))))
        (br $vector)))
      (local.set $at (local.get $stop))
      ;; Chains, then lanes, meet in pairs: the second of two pairs is the larger second or the smaller first.
      (local.set $second (f32x4.pmax
        (f32x4.pmin (local.get $first) (local.get $c))
        (f32x4.pmax (local.get $second) (local.get $d))))
      (local.set $first (f32x4.pmax (local.get $first) (local.get $c)))
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
  (func $entropy (export "entropy") (param $at i32) (param $rows i32) (param $columns i32) (param $out i32)
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
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; The same for rows of many numbers, four at a time: with x = 2^e·m, √½ ≤ m < √2, ln x = e ln 2 + ln m, and
  ;; ln (1 + z) = z Q(z), whose polynomial of degree 7 is off by at most 4e-8. What is negative or not finite, and −0,
  ;; has larger bits than any other number: such a row is left to the tables.
  (func (export "entropyOfMany") (param $at i32) (param $rows i32) (param $columns i32) (param $out i32)
    (param $exponents i32) (param $cells i32)
    (local $stop i32) (local $mask v128) (local $x v128) (local $e v128) (local $z v128) (local $z2 v128)
    (local $sum v128) (local $most v128) (local $half v128) (local $one v128) (local $ln2 v128) (local $finite v128)
    (local $q0 v128) (local $q1 v128) (local $q2 v128) (local $q3 v128)
    (local $q4 v128) (local $q5 v128) (local $q6 v128) (local $q7 v128)
    (local.set $mask (call $partial (local.get $columns)))
    ;; The bits of √½.
    (local.set $half (v128.const i32x4 0x3f3504f3 0x3f3504f3 0x3f3504f3 0x3f3504f3))
    (local.set $one (v128.const f32x4 1 1 1 1))
    (local.set $ln2 (v128.const f32x4 0.69314718 0.69314718 0.69314718 0.69314718))
    (local.set $finite (v128.const i32x4 0x7f800000 0x7f800000 0x7f800000 0x7f800000))
    (local.set $q0 (v128.const f32x4 0.9999998 0.9999998 0.9999998 0.9999998))
    (local.set $q1 (v128.const f32x4 -0.5000067 -0.5000067 -0.5000067 -0.5000067))
    (local.set $q2 (v128.const f32x4 0.33336183 0.33336183 0.33336183 0.33336183))
    (local.set $q3 (v128.const f32x4 -0.24959344 -0.24959344 -0.24959344 -0.24959344))
    (local.set $q4 (v128.const f32x4 0.19873047 0.19873047 0.19873047 0.19873047))
    (local.set $q5 (v128.const f32x4 -0.17333467 -0.17333467 -0.17333467 -0.17333467))
    (local.set $q6 (v128.const f32x4 0.16419984 0.16419984 0.16419984 0.16419984))
    (local.set $q7 (v128.const f32x4 -0.10102221 -0.10102221 -0.10102221 -0.10102221))
    (loop $row
      (local.set $stop (i32.add (local.get $at) (i32.shl (local.get $columns) (i32.const 2))))
      (local.set $sum (v128.const f64x2 0 0))
      (local.set $most (v128.const i32x4 0 0 0 0))
      (loop $vector
        (local.set $x (v128.load align=4 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (if (i32.gt_u (local.get $at) (local.get $stop)) (then
          (local.set $x (v128.and (local.get $x) (local.get $mask)))))
        (local.set $most (i32x4.max_u (local.get $most) (local.get $x)))
        (local.set $e (i32x4.shr_s (i32x4.sub (local.get $x) (local.get $half)) (i32.const 23)))
        (local.set $z (f32x4.sub
          (i32x4.sub (local.get $x) (i32x4.shl (local.get $e) (i32.const 23)))
          (local.get $one)))
        (local.set $z2 (f32x4.mul (local.get $z) (local.get $z)))
        (local.set $z (f32x4.relaxed_madd (local.get $z)
          (f32x4.relaxed_madd (f32x4.mul (local.get $z2) (local.get $z2))
            (f32x4.relaxed_madd (local.get $z2)
              (f32x4.relaxed_madd (local.get $z) (local.get $q7) (local.get $q6))
              (f32x4.relaxed_madd (local.get $z) (local.get $q5) (local.get $q4)))
            (f32x4.relaxed_madd (local.get $z2)
              (f32x4.relaxed_madd (local.get $z) (local.get $q3) (local.get $q2))
              (f32x4.relaxed_madd (local.get $z) (local.get $q1) (local.get $q0))))
          (f32x4.mul (f32x4.convert_i32x4_s (local.get $e)) (local.get $ln2))))
        (local.set $z (f32x4.mul (local.get $x) (local.get $z)))
        (local.set $sum (f64x2.add (local.get $sum) (f64x2.add
          (f64x2.promote_low_f32x4 (local.get $z))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $z) (local.get $z))))))
        (br_if $vector (i32.lt_u (local.get $at) (local.get $stop))))
      (local.set $at (local.get $stop))
      (if (v128.any_true (i32x4.ge_u (local.get $most) (local.get $finite)))
        (then (call $entropy
          (i32.sub (local.get $stop) (i32.shl (local.get $columns) (i32.const 2)))
          (i32.const 1) (local.get $columns) (local.get $out) (local.get $exponents) (local.get $cells)))
        (else (f64.store (local.get $out) (f64.sub (f64.const 0)
          (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum)))))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
