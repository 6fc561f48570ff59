/** Why a command was refused. Codes are stable API and are never reused. */
export const REGISTRY_CODES = {
  unknownServer: 'REGISTRY_UNKNOWN_SERVER',
  unknownManifest: 'REGISTRY_UNKNOWN_MANIFEST',
  noManifest: 'REGISTRY_NO_MANIFEST',
  noDrift: 'REGISTRY_NO_DRIFT',
  sightingInvalid: 'REGISTRY_SIGHTING_INVALID',
  commandInvalid: 'REGISTRY_COMMAND_INVALID',
} as const
export type RegistryCode = (typeof REGISTRY_CODES)[keyof typeof REGISTRY_CODES]
