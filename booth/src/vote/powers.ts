/** The elements of one ballot, in the order in which they were appended: powers of g and y, and products of them. */

import { type Element, encodeAll, type Encoded, generatorPower, type KeyTable, mod, type Scalar } from './group.ts';

/** Elements so far. All exponents are secret; `other` may be zero, the rest is uniform. */
export class Powers {
  #elements: Element[] = [];

  constructor(readonly key: KeyTable) {}

  /** Number of elements so far. */
  get number(): number {
    return this.#elements.length;
  }

  /** g^exponent */
  pushGenerator(exponent: Scalar): void {
    this.#elements.push(generatorPower(exponent));
  }

  /** y^exponent */
  pushKey(exponent: Scalar): void {
    this.#elements.push(this.key.power(exponent));
  }

  /**
   * y^exponent · g^other, where the element before is g^exponent. Computed as y^exponent · g^(exponent + other) / g^exponent, so
   * that what is looked up in a table is uniform whatever `other` is: a zero or a one would be visible in the time.
   */
  pushKeyTimesGenerator(exponent: Scalar, other: Scalar): void {
    const before = this.#elements[this.number - 1];
    if (!before) throw new Error('there is no element before');
    this.#elements.push(this.key.power(exponent).add(generatorPower(mod(exponent + other))).subtract(before));
  }

  /** The product of every second element from `first` to before `end`. */
  pushEverySecond(first: number, end: number): void {
    const parts = this.#elements.slice(first, end).filter((_, at) => at % 2 === 0);
    this.#elements.push(parts.reduce((product, part) => product.add(part)));
  }

  /** The digits of all. */
  encode(): Encoded[] {
    return encodeAll(this.#elements);
  }
}
