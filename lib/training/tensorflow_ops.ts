import { backend, tf } from "../runtime/tensorflow.ts";

/** An attribute of a TensorFlow operation, as the addon takes it. */
interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The addon's numbers for kinds of attributes and types of tensors. */
type Binding = Readonly<
  Record<
    | "TF_ATTR_TYPE"
    | "TF_ATTR_FLOAT"
    | "TF_ATTR_BOOL"
    | "TF_ATTR_STRING"
    | "TF_ATTR_SHAPE"
    | "TF_FLOAT"
    | "TF_INT32",
    number
  >
>;

/** What tfjs-node's backend offers beyond the interface of all backends. */
interface TensorFlowBackend {
  readonly binding: Binding;
  executeSingleOutput(op: string, attributes: Attribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(op: string, attributes: Attribute[], inputs: tf.Tensor[], outputs: number): tf.Tensor[];
}

/** An attribute's value; a number is a float, a list a shape. */
export type AttributeValue = number | boolean | string | readonly number[];

/** Attributes by name: `{ epsilon: 1e-3, is_training: true, T: "float32" }`. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Whether TensorFlow's operations can be called by name; on other backends plain tfjs must do. */
export const hasTensorFlowOps: boolean = backend.name === "tensorflow";

/**
 * Runs one of TensorFlow's own operations (by the name in its op registry), where tfjs has none or a slower composition.
 * Not recorded for gradients: wrap it in `tf.customGrad` or a registered gradient.
 *
 * Types are given as `"float32"` and `"int32"`.
 */
export function tensorflowOp(
  op: string,
  { attributes, inputs, outputs = 1 }: { attributes: Attributes; inputs: tf.Tensor[]; outputs?: number },
): tf.Tensor[] {
  const node = tf.backend() as unknown as TensorFlowBackend;
  const list = Object.entries(attributes).map(([name, value]) => attributeOf(node, name, value));
  return outputs === 1
    ? [node.executeSingleOutput(op, list, inputs)]
    : node.executeMultipleOutputs(op, list, inputs, outputs);
}

function attributeOf({ binding }: TensorFlowBackend, name: string, value: AttributeValue): Attribute {
  if (value === "float32") return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  if (value === "int32") return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 };
  if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL, value };
  if (Array.isArray(value)) return { name, type: binding.TF_ATTR_SHAPE, value };
  if (typeof value === "string") return { name, type: binding.TF_ATTR_STRING, value };
  return { name, type: binding.TF_ATTR_FLOAT, value };
}
