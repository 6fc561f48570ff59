/** Editions of the matrices that the rules' tags follow. */
const ATTACK_VERSION = '19'
const ATLAS_VERSION = 'ATLAS 2026.09'
const TAG = /^(attack|atlas)\.(?:aml[.-])?(ta?)(\d{4})(?:\.(\d{3}))?$/i
const TACTIC = /^attack\.([a-z][a-z_-]+)$/i
const MAX_ATTACKS = 16

interface Named {
  readonly uid?: string
  readonly name?: string
}

/** OCSF `attack`: at least one of tactic, technique, sub_technique, with the matrix and its edition. */
export interface Attack {
  readonly version: string
  readonly tactic?: Named
  readonly technique?: Named
  readonly sub_technique?: Named
}

const titled = (words: string): string =>
  words.replace(/[_-]+/g, ' ').replace(/(^|\s)(?!and\b)[a-z]/g, (letter) => letter.toUpperCase())

function attackOf(tag: string): Attack | undefined {
  const found = TAG.exec(tag)
  if (found === null) {
    const tactic = TACTIC.exec(tag)?.[1]
    return tactic === undefined
      ? undefined
      : { version: ATTACK_VERSION, tactic: { name: titled(tactic.toLowerCase()) } }
  }
  const [, matrix = '', letters = '', digits = '', sub] = found
  const isAtlas = matrix.toLowerCase() === 'atlas'
  const version = isAtlas ? ATLAS_VERSION : ATTACK_VERSION
  const uid = `${isAtlas ? 'AML.' : ''}${letters.toUpperCase()}${digits}`
  if (letters.toUpperCase() === 'TA') return { version, tactic: { uid } }
  if (sub === undefined) return { version, technique: { uid } }
  return { version, technique: { uid }, sub_technique: { uid: `${uid}.${sub}` } }
}

/** Sigma tags (`attack.t1567.002`, `attack.exfiltration`, `atlas.aml-t0086`) as OCSF attacks; others are left out. */
export function attacksOf(tags: readonly string[]): Attack[] {
  return tags
    .map(attackOf)
    .filter((attack) => attack !== undefined)
    .slice(0, MAX_ATTACKS)
}
