/** Number of an attribute key that some dialect reads. */
export type KeyId = number

const ids = new Map<string, KeyId>()
const names: string[] = []

/** The number of an attribute key; called while modules load, so that the walk can file known keys by number. */
export function keyOf(name: string): KeyId {
  let id = ids.get(name)
  if (id === undefined) {
    id = names.length
    names.push(name)
    ids.set(name, id)
  }
  return id
}

/** All keys any dialect reads, by number. */
export function knownKeys(): readonly string[] {
  return names
}
