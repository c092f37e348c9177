/**
 * Starts the backend in a process of its own, which may crash where the caller must not, multiplies two matrices and
 * prints what computes as JSON.
 *
 * @module
 */
import { backend, tf } from "../runtime/tensorflow.ts";

const product = tf.tidy(() => tf.matMul(tf.eye(64), tf.ones([64, 64])).sum().arraySync());
if (product !== 64 * 64) throw new Error(`The product of two matrices is wrong: its sum is ${product}, not 4096`);
console.log(JSON.stringify(backend));
