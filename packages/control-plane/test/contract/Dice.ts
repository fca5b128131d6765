/** Chance that is the same in every run of one seed. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to 1, by mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  below(n: number): number {
    return Math.floor(this.next() * n)
  }

  isOneIn(n: number): boolean {
    return this.below(n) === 0
  }

  one<A>(list: ReadonlyArray<A>): A {
    if (list.length === 0) throw new Error("nothing to choose from")
    return list[this.below(list.length)] as A
  }
}
