const WIDTH = 4

/**
 * From three 32-bit words to a number from 0 on: open addressing in one typed array, so that a million keys cost 32 MB
 * and no objects. Grows by itself; its owner bounds it by removing keys.
 */
export class HashIndex {
  #cells: Int32Array
  #mask: number
  #size = 0

  constructor(expected = 64) {
    const cells = 2 ** Math.ceil(Math.log2(Math.max(expected, 8) * 2))
    this.#cells = new Int32Array(cells * WIDTH)
    this.#mask = cells - 1
  }

  get size(): number {
    return this.#size
  }

  /** The number of a key, -1 if it is not there. */
  find(a: number, b: number, c: number): number {
    const cells = this.#cells
    for (let cell = (a ^ Math.imul(c, 0x9e3779b1)) & this.#mask; ; cell = (cell + 1) & this.#mask) {
      const at = cell * WIDTH
      const value = cells[at + 3] as number
      if (value === 0) return -1
      if (cells[at] === a && cells[at + 1] === b && cells[at + 2] === c) return value - 1
    }
  }

  /** Adds a key that is not there. */
  add(a: number, b: number, c: number, value: number): void {
    if ((this.#size + 1) * 2 > this.#mask + 1) this.#grow()
    this.#place(a, b, c, value)
    this.#size += 1
  }

  #place(a: number, b: number, c: number, value: number): void {
    const cells = this.#cells
    let cell = (a ^ Math.imul(c, 0x9e3779b1)) & this.#mask
    while (cells[cell * WIDTH + 3] !== 0) cell = (cell + 1) & this.#mask
    const at = cell * WIDTH
    cells[at] = a
    cells[at + 1] = b
    cells[at + 2] = c
    cells[at + 3] = value + 1
  }

  #grow(): void {
    const old = this.#cells
    this.#cells = new Int32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let at = 0; at < old.length; at += WIDTH)
      if (old[at + 3] !== 0)
        this.#place(
          old[at] as number,
          old[at + 1] as number,
          old[at + 2] as number,
          (old[at + 3] as number) - 1,
        )
  }

  /** Removes a key if it is there; later cells of its run move up, so there are no tombstones. */
  remove(a: number, b: number, c: number): void {
    const cells = this.#cells
    let cell = (a ^ Math.imul(c, 0x9e3779b1)) & this.#mask
    for (; ; cell = (cell + 1) & this.#mask) {
      const at = cell * WIDTH
      if (cells[at + 3] === 0) return
      if (cells[at] === a && cells[at + 1] === b && cells[at + 2] === c) break
    }
    this.#size -= 1
    let hole = cell
    for (
      let next = (hole + 1) & this.#mask;
      cells[next * WIDTH + 3] !== 0;
      next = (next + 1) & this.#mask
    ) {
      const at = next * WIDTH
      const home =
        ((cells[at] as number) ^ Math.imul(cells[at + 2] as number, 0x9e3779b1)) & this.#mask
      if (((next - home) & this.#mask) < ((next - hole) & this.#mask)) continue
      const to = hole * WIDTH
      for (let i = 0; i < WIDTH; i++) cells[to + i] = cells[at + i] as number
      hole = next
    }
    cells[hole * WIDTH + 3] = 0
  }

  clear(): void {
    this.#cells.fill(0)
    this.#size = 0
  }
}
