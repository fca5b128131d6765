/** Finds where a JSON object or list that comes in pieces ends, looking at each character once: a node wrote it. */
export class JsonEnd {
  #depth = 0
  #inString = false
  #escaped = false
  #begun = false

  /** Whether all that was begun has ended. */
  get reached(): boolean {
    return this.#begun && this.#depth <= 0
  }

  add(piece: string): void {
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i)
      if (this.#escaped) this.#escaped = false
      else if (code === 0x5c) this.#escaped = this.#inString
      else if (code === 0x22) this.#inString = !this.#inString
      else if (!this.#inString) this.#count(code)
    }
  }

  #count(code: number): void {
    if (code === 0x5b || code === 0x7b) {
      this.#depth += 1
      this.#begun = true
    } else if (code === 0x5d || code === 0x7d) this.#depth -= 1
  }
}
