const WIDTH = 4

/**
 * From three 32-bit words to a number from 0 on: open addressing in typed arrays, so that a million keys cost 34 MB and
 * no objects. A byte of each key stands in an array of its own, small enough to stay close to the processor: most keys
 * that are not there are not looked for further. Grows by itself; its owner bounds it by removing keys.
 */
export class HashIndex {
  #cells: Int32Array
  /** For each cell a byte of its key, 0 where it is empty. */
  #tags: Uint8Array
  #mask: number
  #size = 0

  constructor(expected = 64) {
    const cells = 2 ** Math.ceil(Math.log2(Math.max(expected, 8) * 2))
    this.#cells = new Int32Array(cells * WIDTH)
    this.#tags = new Uint8Array(cells)
    this.#mask = cells - 1
  }

  get size(): number {
    return this.#size
  }

  /** The number of a key, -1 if it is not there. */
  find(a: number, b: number, c: number): number {
    const cell = this.#cellOf(a, b, c)
    return cell < 0 ? -1 : (this.#cells[cell * WIDTH + 3] as number)
  }

  #cellOf(a: number, b: number, c: number): number {
    const tags = this.#tags
    const mask = this.#mask
    const wanted = tagOf(b)
    for (let cell = homeOf(a, c) & mask; ; cell = (cell + 1) & mask) {
      const tag = tags[cell] as number
      if (tag === 0) return -1
      if (tag === wanted) {
        const at = cell * WIDTH
        const cells = this.#cells
        if (cells[at] === a && cells[at + 1] === b && cells[at + 2] === c) return cell
      }
    }
  }

  /** Adds a key that is not there. */
  add(a: number, b: number, c: number, value: number): void {
    if ((this.#size + 1) * 2 > this.#mask + 1) this.#grow()
    this.#place(a, b, c, value)
    this.#size += 1
  }

  #place(a: number, b: number, c: number, value: number): void {
    const tags = this.#tags
    let cell = homeOf(a, c) & this.#mask
    while (tags[cell] !== 0) cell = (cell + 1) & this.#mask
    tags[cell] = tagOf(b)
    const cells = this.#cells
    const at = cell * WIDTH
    cells[at] = a
    cells[at + 1] = b
    cells[at + 2] = c
    cells[at + 3] = value
  }

  #grow(): void {
    const old = this.#cells
    const tags = this.#tags
    this.#cells = new Int32Array(old.length * 2)
    this.#tags = new Uint8Array(tags.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let cell = 0; cell < tags.length; cell++) {
      const at = cell * WIDTH
      if (tags[cell] !== 0)
        this.#place(
          old[at] as number,
          old[at + 1] as number,
          old[at + 2] as number,
          old[at + 3] as number,
        )
    }
  }

  /** Removes a key if it is there; later cells of its run move up, so there are no tombstones. */
  remove(a: number, b: number, c: number): void {
    let hole = this.#cellOf(a, b, c)
    if (hole < 0) return
    const cells = this.#cells
    const tags = this.#tags
    const mask = this.#mask
    this.#size -= 1
    for (let next = (hole + 1) & mask; tags[next] !== 0; next = (next + 1) & mask) {
      const at = next * WIDTH
      const home = homeOf(cells[at] as number, cells[at + 2] as number) & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      const to = hole * WIDTH
      for (let i = 0; i < WIDTH; i++) cells[to + i] = cells[at + i] as number
      tags[hole] = tags[next] as number
      hole = next
    }
    tags[hole] = 0
  }

  clear(): void {
    this.#tags.fill(0)
    this.#size = 0
  }
}

function homeOf(a: number, c: number): number {
  return a ^ Math.imul(c, 0x9e3779b1)
}

function tagOf(b: number): number {
  return (b >>> 24) | 1
}
