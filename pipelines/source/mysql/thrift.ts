/** A value in Thrift's compact protocol: its type and its bytes. */
export type Value = {type: number; bytes: Buffer};

const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12];

/** A 32-bit integer or an enum. */
export const i32 = (value: number): Value => ({type: I32, bytes: zigzag(value)});

/** A 64-bit integer; safe up to 2⁵². */
export const i64 = (value: number): Value => ({type: I64, bytes: zigzag(value)});

/** A text. */
export function binary(text: string): Value {
  const bytes = Buffer.from(text);
  return {type: BINARY, bytes: Buffer.concat([varint(bytes.length), bytes])};
}

/** Values of one type; an empty list is one of structs. */
export function list(values: Value[]): Value {
  const type = values[0]?.type ?? STRUCT;
  const isShort = values.length < 15;
  const head = Buffer.from([((isShort ? values.length : 15) << 4) | type]);
  const size = isShort ? [] : [varint(values.length)];
  return {type: LIST, bytes: Buffer.concat([head, ...size, ...values.map(({bytes}) => bytes)])};
}

/** Fields by ascending id, no two more than 15 apart. */
export function struct(fields: [id: number, value: Value][]): Value {
  const parts = fields.flatMap(([id, {type, bytes}], n) => [
    Buffer.from([((id - (fields[n - 1]?.[0] ?? 0)) << 4) | type]),
    bytes
  ]);
  return {type: STRUCT, bytes: Buffer.concat([...parts, Buffer.from([0])])};
}

function zigzag(value: number): Buffer {
  return varint(value < 0 ? -value * 2 - 1 : value * 2);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}
